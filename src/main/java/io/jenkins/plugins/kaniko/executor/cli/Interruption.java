package io.jenkins.plugins.kaniko.executor.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Makes SIGINT and SIGTERM an interrupt of the thread that works, and gives it time to clean up.
 * The JVM itself then exits with 130 or 143.
 */
final class Interruption {
  private static final long CLEAN_UP_SECONDS = 30;

  private Interruption() {}

  /** Runs the work in this thread and ends the process with its exit code. */
  static void exitAfter(IntSupplier work) {
    Thread worker = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              worker.interrupt();
              await(done);
            },
            "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    int code;
    try {
      code = work.getAsInt();
    } finally {
      done.countDown();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // The JVM is going down already, with the exit code of the signal.
    }
    System.exit(code);
  }

  private static void await(CountDownLatch done) {
    try {
      if (!done.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("error: gave up waiting for the clean-up of the build");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
