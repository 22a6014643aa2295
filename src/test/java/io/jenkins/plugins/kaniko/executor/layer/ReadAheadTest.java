package io.jenkins.plugins.kaniko.executor.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadAheadTest {
  private static final int BLOCK = 64 * 1024;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 8 * BLOCK, 20 * BLOCK + 7})
  void everyByteComesInOrderAndCountsForTheDigest(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ReadAhead in = new ReadAhead(new ByteArrayInputStream(bytes))) {
      byte[] buffer = new byte[1000];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
      assertThat(in.read()).isEqualTo(-1);
      assertThat(in.digest()).isEqualTo(Digest.sha256(bytes));
    }
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aFailureComesAfterTheBytesBeforeIt() throws IOException {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the disk is gone");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    byte[] first = new byte[2 * BLOCK];
    try (ReadAhead in =
        new ReadAhead(new SequenceInputStream(new ByteArrayInputStream(first), failing))) {
      assertThat(in.readNBytes(2 * BLOCK)).hasSize(2 * BLOCK);
      assertThatThrownBy(in::read).hasMessage("the disk is gone");
    }
  }

  @Test
  void closingEarlyStopsTheReaderAndClosesItsSource() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 1;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            return length;
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };
    ReadAhead in = new ReadAhead(endless);
    assertThat(in.readNBytes(1000)).hasSize(1000);
    in.close();
    assertThat(closed).isTrue();
  }
}
