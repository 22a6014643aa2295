package io.jenkins.plugins.kaniko.executor.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressorsTest {
  private static final int SIZE = 9_000_000;

  @TempDir private Path directory;

  /** Half text of few words, half noise, over several jobs. */
  private static byte[] sample() {
    Random random = new Random(7);
    byte[] bytes = new byte[SIZE];
    for (int at = 0; at < bytes.length; at++) {
      boolean noise = (at >> 19) % 2 == 1;
      bytes[at] = (byte) (noise ? random.nextInt(256) : 'a' + random.nextInt(3));
    }
    return bytes;
  }

  private static byte[] zstd(byte[] data, int workers, int piece) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = Compressors.Zstd.open(bytes, 3, workers)) {
      for (int at = 0; at < data.length; at += piece) {
        out.write(data, at, Math.min(piece, data.length - at));
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void zstdGivesTheSameBytesOnAnyNumberOfProcessors() throws Exception {
    byte[] sample = sample();
    byte[] one = zstd(sample, 1, 65_536);
    assertThat(zstd(sample, 2, 65_536)).isEqualTo(one);
    assertThat(zstd(sample, 8, 65_536)).isEqualTo(one);
    assertThat(zstd(sample, 3, 1_000_003)).as("in other pieces").isEqualTo(one);
    assertThat(Compressors.Zstd.read(new ByteArrayInputStream(one)).readAllBytes())
        .isEqualTo(sample);
  }

  @Test
  void theProgramsOfOthersReadWhatIsWritten() throws Exception {
    byte[] sample = sample();
    for (Compression compression : Compression.values()) {
      for (int level : new int[] {1, 9}) {
        Path file = directory.resolve(compression + "-" + level);
        try (OutputStream out =
            Compressors.open(compression, OptionalInt.of(level), Files.newOutputStream(file))) {
          out.write(sample);
        }
        String program =
            switch (compression) {
              case NONE -> "cat";
              case GZIP -> "zcat";
              case ZSTD -> "zstdcat";
            };
        Process process = new ProcessBuilder(program).redirectInput(file.toFile()).start();
        assertThat(process.getInputStream().readAllBytes()).isEqualTo(sample);
        assertThat(process.waitFor()).isZero();
      }
    }
    assertThat(Files.size(directory.resolve("ZSTD-9")))
        .isLessThan(Files.size(directory.resolve("ZSTD-1")));
  }
}
