package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The executor as a child process. It ends with the thread that runs it: when that is interrupted
 * or the build is abandoned, the process is asked to end, has eight seconds to clean up, and is
 * killed with all its children; when this JVM is killed, so is the process.
 */
final class ExecutorProcess {
  private static final long CLEAN_UP_MILLIS = 8_000;
  private static final long POLL_MILLIS = 200;
  private static final List<String> DIE_WITH_PARENT = List.of("setpriv", "--pdeathsig", "KILL");

  private final Process process;
  private final EventRelay relay;
  private final List<Thread> readers = new ArrayList<>();

  private ExecutorProcess(Process process, EventRelay relay) {
    this.process = process;
    this.relay = relay;
  }

  /**
   * Runs a command to its end.
   *
   * @param environment whole
   * @param events whether standard output is an event stream
   * @param abandoned whether nobody waits for the build any more
   * @param cleanUp also done when this JVM is asked to end, once the process has ended
   * @return the exit code; 128+n after signal n
   * @throws InterruptedException if interrupted; the process and its children have ended by then
   */
  static int run(
      List<String> command,
      Path directory,
      Map<String, String> environment,
      EventRelay relay,
      boolean events,
      BooleanSupplier abandoned,
      Runnable cleanUp)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(diesWithParent() ? DIE_WITH_PARENT : List.of());
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
    builder.redirectInput(Redirect.from(new File("/dev/null")));
    // Plain text comes in the order in which it was written; the event stream stands alone.
    builder.redirectErrorStream(!events);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw Failures.failure(
          "start " + command.get(0),
          e,
          "check that the agent's user may execute it and that the workspace is there");
    }
    ExecutorProcess executor = new ExecutorProcess(process, relay);
    Thread hook =
        new Thread(
            () -> {
              executor.stop();
              cleanUp.run();
            },
            "stop the kaniko executor");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      executor.read(process.getInputStream(), events ? relay::event : relay::text);
      if (events) {
        executor.read(process.getErrorStream(), relay::text);
      }
      return executor.await(abandoned);
    } finally {
      executor.stop();
      executor.finishReading();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // This JVM is ending already, and the hook runs.
      }
    }
  }

  private int await(BooleanSupplier abandoned) throws IOException, InterruptedException {
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      if (abandoned.getAsBoolean()) {
        throw new AbortException("the connection to the controller was lost; start again");
      }
    }
    return process.exitValue();
  }

  /**
   * Only the first process is asked to end: it passes the wish on, and a child that went first
   * could not clean up. All others that were ever seen are killed.
   */
  private void stop() {
    Set<ProcessHandle> children = new LinkedHashSet<>();
    collect(process.toHandle(), children);
    // By its handle: Process.destroy() would close the streams, and with them what is not read yet.
    process.toHandle().destroy();
    boolean interrupted = false;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLEAN_UP_MILLIS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      collect(process.toHandle(), children);
      try {
        process.waitFor(50, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        // A second interrupt must not leave anything behind: it waits until this is done.
        interrupted = true;
      }
    }
    process.toHandle().destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle child : Set.copyOf(children)) {
      collect(child, children);
    }
    children.forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void collect(ProcessHandle parent, Set<ProcessHandle> children) {
    parent.descendants().forEach(children::add);
    for (ProcessHandle child : Set.copyOf(children)) {
      // Children of one that has lost its parent are no descendants of the first any more.
      child.descendants().forEach(children::add);
    }
  }

  private void read(InputStream stream, Consumer<String> sink) {
    Thread reader =
        new Thread(
            () -> {
              try {
                LineReader.read(stream, sink, relay::flush);
              } catch (IOException e) {
                sink.accept("tried to read the executor's output, but " + Failures.reason(e));
              }
            },
            "kaniko executor output");
    reader.setDaemon(true);
    reader.start();
    readers.add(reader);
  }

  private void finishReading() throws IOException {
    boolean interrupted = Thread.interrupted();
    for (Thread reader : readers) {
      try {
        reader.join(1_000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    relay.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether there is a setpriv that can tie a process to its parent: busybox has one that cannot.
   */
  private static boolean diesWithParent() throws InterruptedException {
    List<String> command = new ArrayList<>(DIE_WITH_PARENT);
    command.add("true");
    try {
      Process probe =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
