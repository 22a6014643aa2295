package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Reads a layer blob once, whatever its compression, and checks its diffID on the way. */
public final class LayerReader {
  private static final int BUFFER = 64 * 1024;
  private static final int MAX_ENTRIES = 4_000_000;

  private LayerReader() {}

  /** Gets every entry in the order of the tar. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes one entry.
     *
     * @param entry as the tar has it: {@link LayerIndex#mark} tells whiteouts apart
     * @param content of a file; valid during the call
     */
    void visit(LayerEntry entry, InputStream content) throws IOException;
  }

  /**
   * Reads a layer to its end.
   *
   * @param diffId that its config promises; a visitor must keep nothing for good before this method
   *     has returned
   * @return the layer's index
   * @throws IOException also when the uncompressed bytes have another digest
   */
  public static LayerIndex read(Path blob, Digest diffId, Visitor visitor) throws IOException {
    LayerIndex index = new LayerIndex();
    scan(
        blob,
        diffId,
        (entry, content) -> {
          index.addRaw(entry);
          visitor.visit(entry, content);
        });
    return index;
  }

  /** As {@link #read}, but keeps nothing in memory. */
  public static void scan(Path blob, Digest diffId, Visitor visitor) throws IOException {
    scan(Files.newInputStream(blob), diffId, visitor);
  }

  /**
   * As {@link #scan(Path, Digest, Visitor)}, of a blob that may still be on its way.
   *
   * @param blob read to its end and closed
   */
  public static void scan(InputStream blob, Digest diffId, Visitor visitor) throws IOException {
    int entries = 0;
    Digest actual;
    try (ReadAhead in = new ReadAhead(decompress(blob))) {
      TarReader tar = new TarReader(in);
      for (LayerEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (++entries > MAX_ENTRIES) {
          throw new IOException(
              "tried to read a layer, but it has more than " + MAX_ENTRIES + " entries");
        }
        visitor.visit(entry, tar.content());
      }
      actual = in.digest();
    }
    if (!actual.equals(diffId)) {
      throw new DiffIdMismatchException(
          "tried to read a layer whose config promises the diffID "
              + diffId
              + ", but its content has "
              + actual
              + "; the image is damaged or lies: push it anew");
    }
  }

  /** The uncompressed bytes of a blob; the compression is read off its first bytes. */
  public static InputStream decompress(Path blob) throws IOException {
    return decompress(Files.newInputStream(blob));
  }

  private static InputStream decompress(InputStream blob) throws IOException {
    InputStream file = new BufferedInputStream(blob, BUFFER);
    try {
      file.mark(4);
      byte[] magic = file.readNBytes(4);
      file.reset();
      if (magic.length >= 2 && magic[0] == 0x1f && (magic[1] & 0xff) == 0x8b) {
        return new GZIPInputStream(file, BUFFER);
      }
      if (magic.length == 4
          && (magic[0] & 0xff) == 0x28
          && (magic[1] & 0xff) == 0xb5
          && magic[2] == 0x2f
          && (magic[3] & 0xff) == 0xfd) {
        return Compressors.Zstd.read(file);
      }
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }
}
