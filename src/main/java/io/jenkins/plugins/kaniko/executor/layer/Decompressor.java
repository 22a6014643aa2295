package io.jenkins.plugins.kaniko.executor.layer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Undoes the compressions that archives come in, recognised by their first bytes. */
public final class Decompressor {
  private static final int BUFFER = 1 << 16;

  private Decompressor() {}

  /**
   * The content of gzip, bzip2, xz or zstd; anything else as it is.
   *
   * @param compressed closed with the result, and if this fails
   */
  public static InputStream open(InputStream compressed) throws IOException {
    InputStream in = new BufferedInputStream(compressed, BUFFER);
    try {
      in.mark(8);
      byte[] magic = in.readNBytes(6);
      in.reset();
      if (startsWith(magic, 0x1f, 0x8b)) {
        return new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER);
      }
      if (startsWith(magic, 'B', 'Z', 'h')) {
        return new BufferedInputStream(new BZip2CompressorInputStream(in, true), BUFFER);
      }
      if (startsWith(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
        return new BufferedInputStream(
            XZCompressorInputStream.builder()
                .setInputStream(in)
                .setDecompressConcatenated(true)
                .get(),
            BUFFER);
      }
      if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
        return new BufferedInputStream(Compressors.Zstd.read(in), BUFFER);
      }
      return in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
