package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An executor that was started by {@link ExecutorRun}. */
public final class RunningExecutor {
  /** Against a test that never ends; no test waits for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  private final Process process;
  private final Path scratch;
  private final Leftovers leftovers;
  private final Output out;
  private final Output err;
  private final Instant start = Instant.now();

  private RunningExecutor(Process process, Path scratch, Path store) {
    this.process = process;
    this.scratch = scratch;
    this.leftovers = new Leftovers(scratch, store);
    this.out = new Output(process.getInputStream());
    this.err = new Output(process.getErrorStream());
  }

  static RunningExecutor start(List<String> command, Path scratch, Path store) throws IOException {
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    return new RunningExecutor(process, scratch, store);
  }

  /** Waits until its standard output holds a text. */
  public void awaitOutput(String text) throws InterruptedException {
    await(() -> out.text().contains(text), "it never wrote \"" + text + "\"; it wrote:\n", process);
  }

  /** Sends a signal, such as {@code INT}, to the process that was started. */
  public void signal(String name) throws IOException, InterruptedException {
    signal(name, Long.toString(process.pid()));
  }

  /** Sends a signal to everything that was started in this session, as a terminal does. */
  public void signalGroup(String name) throws IOException, InterruptedException {
    signal(name, "-" + process.pid());
  }

  /** Sends a signal to the executor inside the namespaces. */
  public void signalInner(String name) throws IOException, InterruptedException {
    signal(name, Long.toString(inner().pid()));
  }

  /** Waits for the end, and looks for what is left. */
  public ExecutorResult await() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("the executor does not end; it wrote:\n" + out.text() + err.text());
    }
    Duration duration = Duration.between(start, Instant.now());
    List<String> left = leftovers.find();
    String stdout = out.join();
    String stderr = err.join();
    TestUsers.delete(scratch);
    return new ExecutorResult(process.exitValue(), stdout, stderr, duration, left);
  }

  private ProcessHandle inner() {
    return process
        .descendants()
        .filter(p -> p.info().command().filter(c -> c.endsWith("/java")).isPresent())
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no executor inside"));
  }

  private static void signal(String name, String target) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, "--", target).inheritIO().start().waitFor();
  }

  private void await(Condition condition, String otherwise, Process alive)
      throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      if (Instant.now().isAfter(end) || !alive.isAlive()) {
        if (condition.holds()) {
          return;
        }
        throw new AssertionError(otherwise + out.text() + err.text());
      }
      Thread.sleep(10);
    }
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds();
  }

  /** Collects a stream. */
  private static final class Output {
    private final StringWriter text = new StringWriter();
    private final Thread reader;

    Output(InputStream in) {
      reader = new Thread(() -> collect(in), "output of the executor");
      reader.setDaemon(true);
      reader.start();
    }

    String text() {
      return text.toString();
    }

    /** The whole; ends when nobody holds the other end any more. */
    String join() throws InterruptedException {
      reader.join(PATIENCE.toMillis());
      return text();
    }

    private void collect(InputStream in) {
      try (var characters = new java.io.InputStreamReader(in, StandardCharsets.UTF_8)) {
        char[] buffer = new char[4096];
        for (int n = characters.read(buffer); n >= 0; n = characters.read(buffer)) {
          text.write(buffer, 0, n);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
