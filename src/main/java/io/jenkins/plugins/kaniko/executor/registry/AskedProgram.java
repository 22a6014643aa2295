package io.jenkins.plugins.kaniko.executor.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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

  /** For what a program has written before its end, if another still holds its output. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

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
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      CompletableFuture<Void> exchange =
          CompletableFuture.runAsync(
              () -> exchange(process, question, output), AskedProgram::inBackground);
      if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new TimeoutException();
      }
      awaitRest(exchange);
      return new Answer(process.exitValue(), output.toString(StandardCharsets.UTF_8));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void awaitRest(CompletableFuture<Void> exchange)
      throws ExecutionException, InterruptedException {
    try {
      exchange.get(REST_NANOS, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // A program that it left running has its output open; its own answer is whole.
    }
  }

  private static void inBackground(Runnable task) {
    Thread thread = new Thread(task, "asked program");
    thread.setDaemon(true);
    thread.start();
  }

  private static void exchange(Process process, String question, OutputStream output) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(question.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // A program that does not read has its answer all the same, or fails.
    }
    try {
      InputStream answer = process.getInputStream();
      byte[] part = new byte[8192];
      int length;
      for (int left = LIMIT; left > 0 && (length = answer.read(part)) >= 0; left -= length) {
        output.write(part, 0, length);
      }
    } catch (IOException e) {
      // What came before is all there is.
    }
  }
}
