package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A program that is asked for credentials. What it writes may be half a secret: keep it so. */
final class AskedProgram {
  private static final int LIMIT = 1 << 20;

  /** How it ended, and what it wrote. */
  record Answer(int exitCode, String output) {
    @Override
    public String toString() {
      return "an answer with exit code " + exitCode;
    }
  }

  private AskedProgram() {}

  /**
   * Hands a question to a program on its standard input and waits for its end.
   *
   * @throws TimeoutException if it takes longer than we have patience; it is killed
   */
  static Answer ask(Process process, String question, Duration patience)
      throws TimeoutException, ExecutionException, InterruptedException {
    try {
      CompletableFuture<byte[]> output =
          CompletableFuture.supplyAsync(() -> exchange(process, question));
      byte[] answer = output.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException();
      }
      return new Answer(process.exitValue(), new String(answer, StandardCharsets.UTF_8));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static byte[] exchange(Process process, String question) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(question.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // A program that does not read has its answer all the same, or fails.
    }
    try {
      return process.getInputStream().readNBytes(LIMIT);
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
