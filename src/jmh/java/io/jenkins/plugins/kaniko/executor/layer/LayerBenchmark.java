package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Compressing 32 MiB of class files, and writing the headers and contents of 5,000 small files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LayerBenchmark {
  private static final int SIZE = 32 << 20;
  private static final int FILES = 5000;
  private static final byte[] CONTENT = new byte[1000];

  private byte[] data;

  @Setup
  public void read() throws IOException {
    try (InputStream in =
        Files.newInputStream(Path.of(System.getProperty("java.home"), "lib/modules"))) {
      data = in.readNBytes(SIZE);
    }
  }

  @Benchmark
  public void deflateOurs() throws IOException {
    write(new ParallelGzipOutputStream(OutputStream.nullOutputStream(), Compressors.GZIP_LEVEL));
  }

  @Benchmark
  public void deflateJdk() throws IOException {
    write(
        new GZIPOutputStream(OutputStream.nullOutputStream(), 1 << 16) {
          {
            def.setLevel(Compressors.GZIP_LEVEL);
          }
        });
  }

  @Benchmark
  public void zstd() throws IOException {
    write(
        Compressors.Zstd.open(
            OutputStream.nullOutputStream(),
            Compressors.ZSTD_LEVEL,
            Runtime.getRuntime().availableProcessors()));
  }

  private void write(OutputStream out) throws IOException {
    try (out) {
      for (int at = 0; at < data.length; at += 1 << 16) {
        out.write(data, at, 1 << 16);
      }
    }
  }

  @Benchmark
  public void tarOurs() throws IOException {
    try (TarWriter tar = new TarWriter(OutputStream.nullOutputStream())) {
      for (int i = 0; i < FILES; i++) {
        tar.add(
            LayerEntry.file("app/dir-" + i % 50 + "/file-" + i, 0644, 0, 0, CONTENT.length, 1),
            Content.of(CONTENT).open());
      }
    }
  }

  @Benchmark
  public void tarCommonsCompress() throws IOException {
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(OutputStream.nullOutputStream())) {
      for (int i = 0; i < FILES; i++) {
        TarArchiveEntry entry = new TarArchiveEntry("app/dir-" + i % 50 + "/file-" + i);
        entry.setSize(CONTENT.length);
        entry.setMode(0644);
        entry.setModTime(1000L);
        tar.putArchiveEntry(entry);
        tar.write(CONTENT);
        tar.closeArchiveEntry();
      }
    }
  }
}
