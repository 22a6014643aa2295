package io.jenkins.plugins.kaniko.executor.cache;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The checksum of what a COPY reads, 5,000 files of 1 kB: as the key is made, and as the SHA-256 of
 * a tar archive of the same names, modes and contents, which is what libraries offer.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ChecksumBenchmark {
  private static final int FILES = 5000;

  private byte[] content;

  @Setup
  public void fill() {
    content = new byte[1000];
  }

  @Benchmark
  public CacheKey ours() {
    CacheKey.Builder key = CacheKey.of("copy");
    for (int i = 0; i < FILES; i++) {
      key.text("name", "file-" + i).text("type", "FILE").number("mode", 0644);
      key.bytes("content", content);
    }
    return key.build();
  }

  @Benchmark
  public byte[] tarOfCommonsCompress() throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(
            new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
      for (int i = 0; i < FILES; i++) {
        TarArchiveEntry entry = new TarArchiveEntry("file-" + i);
        entry.setMode(0644);
        entry.setSize(content.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return digest.digest();
  }
}
