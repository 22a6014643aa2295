package io.jenkins.plugins.kaniko.executor.layer;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.jenkins.plugins.kaniko.executor.oci.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;

/**
 * Compresses on all processors. The bytes depend on the input and the level alone, never on the
 * number of processors.
 */
final class Compressors {
  /**
   * Half the processor time of gzip's own default, 6, for layers that are 2 to 5 % larger, which is
   * still less than what buildah makes of the same files.
   */
  static final int GZIP_LEVEL = 4;

  static final int ZSTD_LEVEL = 3;

  /** What one thread compresses at a time. The library's own choice is up to 512 MiB. */
  private static final int ZSTD_JOB = 2 << 20;

  /** Each holds some blocks in memory. */
  private static final int MAX_WORKERS = 8;

  private Compressors() {}

  /**
   * A stream whose end is an end for the stream below, too.
   *
   * @param level empty for the default
   */
  static OutputStream open(Compression compression, OptionalInt level, OutputStream out)
      throws IOException {
    return switch (compression) {
      case NONE -> out;
      case GZIP -> new ParallelGzipOutputStream(out, level.orElse(GZIP_LEVEL));
      case ZSTD ->
          Zstd.open(
              out,
              level.orElse(ZSTD_LEVEL),
              Math.min(MAX_WORKERS, Runtime.getRuntime().availableProcessors()));
    };
  }

  /** Apart, so that the library is loaded when it is used. */
  static final class Zstd {
    private Zstd() {}

    /**
     * With workers zstd cuts the input into jobs of a fixed size, each with the end of the one
     * before it as its dictionary; so one worker makes the same bytes as eight.
     *
     * @param workers at least 1
     */
    static OutputStream open(OutputStream out, int level, int workers) throws IOException {
      try {
        return new ZstdOutputStreamNoFinalizer(out, level)
            .setChecksum(true)
            .setWorkers(workers)
            .setJobSize(ZSTD_JOB);
      } catch (LinkageError e) {
        throw unusable(e);
      }
    }

    /** What such a stream holds; {@code in} is closed with it. */
    static InputStream read(InputStream in) throws IOException {
      try {
        return new ZstdInputStreamNoFinalizer(in);
      } catch (LinkageError e) {
        throw unusable(e);
      }
    }

    private static IOException unusable(LinkageError e) {
      return new IOException(
          "tried to use zstd, but its library cannot be loaded here ("
              + e.getMessage()
              + "); it is there for x86-64 and aarch64 with glibc",
          e);
    }
  }
}
