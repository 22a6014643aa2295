package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalTest {
  @TempDir Path directory;
  private Arrival arrival;
  private OutputStream writer;

  @BeforeEach
  void begin() throws IOException {
    arrival = new Arrival(directory.resolve("blob"));
    writer = arrival.writer();
  }

  @Test
  void aReaderGetsWhatIsThereAndWaitsForTheRest() throws Exception {
    write("one ");
    try (InputStream in = arrival.open()) {
      assertThat(in.readNBytes(4)).asString().isEqualTo("one ");
      CompletableFuture<byte[]> rest = CompletableFuture.supplyAsync(() -> all(in));
      write("two ");
      write("three");
      assertThat(rest).isNotDone();
      writer.close();
      arrival.end(true);
      assertThat(rest.get(10, TimeUnit.SECONDS)).asString().isEqualTo("two three");
    }
  }

  @Test
  void aFileThatStopsHalfwayIsAFailureAndNotAnEnd() throws IOException {
    write("half");
    arrival.end(false);
    try (InputStream in = arrival.open()) {
      assertThat(in.readNBytes(4)).asString().isEqualTo("half");
      assertThatThrownBy(in::read).hasMessage("tried to read a layer, but it did not arrive");
    }
  }

  @Test
  void anEmptyFileEnds() throws IOException {
    arrival.end(true);
    try (InputStream in = arrival.open()) {
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void waitingCanBeInterrupted() throws IOException {
    try (InputStream in = arrival.open()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(in::read).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static byte[] all(InputStream in) {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void write(String text) throws IOException {
    writer.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
