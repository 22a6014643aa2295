package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of the packaged executor (system property {@code executor.jar}) as some user, with a home
 * and a directory for temporary files of its own and no environment but what is given here.
 *
 * <pre>
 * ExecutorRun.as(TestUsers.root()).context(dir).args("--no-push").run()
 * </pre>
 */
public final class ExecutorRun {
  private static Path jar;

  private final TestUser user;
  private final List<String> flags = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private List<String> command = List.of();
  private List<String> prefix = List.of();
  private Path store;

  private ExecutorRun(TestUser user) {
    this.user = user;
  }

  public static ExecutorRun as(TestUser user) {
    return new ExecutorRun(user);
  }

  /** The store; without it the run has one of its own, which is deleted when it has ended. */
  public ExecutorRun store(Path directory) {
    store = directory;
    return this;
  }

  /** The build context; the user must be able to read it. */
  public ExecutorRun context(Path directory) {
    return args("--context", directory.toString());
  }

  /** Another command than a build. */
  public ExecutorRun command(String name) {
    command = List.of(name);
    return this;
  }

  /** Words before the executor's own, such as {@code taskset -c 0}. */
  public ExecutorRun prefix(String... words) {
    prefix = List.of(words);
    return this;
  }

  /** More arguments. */
  public ExecutorRun args(String... arguments) {
    flags.addAll(List.of(arguments));
    return this;
  }

  public ExecutorRun environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Runs to the end. */
  public ExecutorResult run() throws IOException, InterruptedException {
    return start().await();
  }

  /** Starts, for tests that do something meanwhile. */
  public RunningExecutor start() throws IOException {
    Path scratch = user.newDirectory();
    for (String name : List.of("home", "tmp")) {
      Files.createDirectory(scratch.resolve(name));
    }
    user.own(scratch);
    Path storeDirectory = store == null ? scratch.resolve("store") : store;
    // A shell starts what runs in its background with SIGINT ignored, and a JVM leaves it so.
    List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT", "-i"));
    command.add("HOME=" + scratch.resolve("home"));
    command.add("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    command.add("LC_ALL=C.UTF-8");
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Runs are short: what the second compiler would save it costs to start it.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Djava.io.tmpdir=" + scratch.resolve("tmp"));
    command.addAll(List.of("-jar", readableJar().toString()));
    command.addAll(this.command);
    command.addAll(List.of("--store-dir", storeDirectory.toString()));
    command.addAll(flags);
    return RunningExecutor.start(user.command(command), scratch, storeDirectory);
  }

  /** A copy that every user can read: the project may lie in a private home. */
  private static synchronized Path readableJar() {
    try {
      if (jar == null) {
        String packaged = System.getProperty("executor.jar");
        if (packaged == null) {
          throw new IllegalStateException("the system property executor.jar names no jar");
        }
        Path directory = Files.createTempDirectory("kaniko-build-jar");
        Files.setAttribute(directory, "unix:mode", 0755);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> TestUsers.delete(directory)));
        jar = Files.copy(Path.of(packaged), directory.resolve("executor.jar"));
        Files.setAttribute(jar, "unix:mode", 0644);
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
