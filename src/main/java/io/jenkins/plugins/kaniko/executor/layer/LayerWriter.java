package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Writes a layer in one pass: tar, SHA-256 (diffID), gzip or zstd on all processors, SHA-256
 * (digest), file.
 */
public final class LayerWriter {
  private LayerWriter() {}

  /** As {@link #write(Path, String, OptionalInt, List)}, at the default level. */
  public static LayerBlob write(Path file, String mediaType, List<LayerItem> items)
      throws IOException {
    return write(file, mediaType, OptionalInt.empty(), items);
  }

  /**
   * Writes items in the given order. Paths must be unique and parents come before what is below
   * them.
   *
   * @param file to write the compressed layer to
   * @param mediaType of the layer in its manifest; it tells the compression
   * @param level of the compression; empty for its default
   * @throws IOException also when a path comes twice
   */
  public static LayerBlob write(
      Path file, String mediaType, OptionalInt level, List<LayerItem> items) throws IOException {
    LayerIndex index = new LayerIndex();
    Set<String> seen = new HashSet<>();
    try (OutputStream out = Files.newOutputStream(file)) {
      DigestOutput compressed = new DigestOutput(new BufferedOutputStream(out, 1 << 16));
      DigestOutput tarred =
          new DigestOutput(
              Compressors.open(MediaTypes.compressionOf(mediaType), level, compressed));
      try (TarWriter tar = new TarWriter(new BufferedOutputStream(tarred, 1 << 16))) {
        for (LayerItem item : items) {
          LayerEntry entry = item.entry();
          if (!seen.add(entry.path())) {
            throw new IOException(
                "tried to write a layer, but /" + entry.path() + " is in it twice");
          }
          refuseWhiteoutName(entry);
          if (entry.isFile()) {
            try (InputStream content = item.content().open()) {
              tar.add(entry, content);
            }
          } else {
            tar.add(entry);
          }
          index.add(entry);
        }
      }
      Digest diffId = tarred.digest();
      tarred.close();
      compressed.flush();
      Descriptor descriptor = Descriptor.of(mediaType, compressed.digest(), compressed.count());
      return new LayerBlob(descriptor, diffId, index);
    }
  }

  /** A reader would take such a file for a deletion. */
  private static void refuseWhiteoutName(LayerEntry entry) throws IOException {
    String name = Names.base(entry.path());
    if (name.startsWith(LayerIndex.WHITEOUT)) {
      throw new UnusableNameException(
          "tried to put /"
              + entry.path()
              + " into a layer, but layers cannot hold names that begin with "
              + LayerIndex.WHITEOUT
              + "; delete or rename it in the same step");
    }
  }
}
