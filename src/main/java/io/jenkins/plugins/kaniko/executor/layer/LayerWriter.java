package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a layer in one pass: tar, SHA-256 (diffID), gzip on all processors, SHA-256 (digest),
 * file.
 */
public final class LayerWriter {
  /**
   * Half the processor time of gzip's own default, 6, for layers that are 2 to 5 % larger, which is
   * still less than what buildah makes of the same files.
   */
  public static final int DEFAULT_LEVEL = 4;

  private LayerWriter() {}

  /**
   * Writes items in the given order. Paths must be unique and parents come before what is below
   * them.
   *
   * @param file to write the compressed layer to
   * @param mediaType of the layer in its manifest
   * @throws IOException also when a path comes twice
   */
  public static LayerBlob write(Path file, String mediaType, List<LayerItem> items)
      throws IOException {
    LayerIndex index = new LayerIndex();
    Set<String> seen = new HashSet<>();
    try (OutputStream out = Files.newOutputStream(file)) {
      DigestOutput compressed = new DigestOutput(new BufferedOutputStream(out, 1 << 16));
      DigestOutput tarred =
          new DigestOutput(new ParallelGzipOutputStream(compressed, DEFAULT_LEVEL));
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
      throw new IOException(
          "tried to put /"
              + entry.path()
              + " into a layer, but layers cannot hold names that begin with "
              + LayerIndex.WHITEOUT
              + "; delete or rename it in the same step");
    }
  }
}
