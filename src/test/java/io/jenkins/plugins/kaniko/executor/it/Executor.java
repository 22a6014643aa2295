package io.jenkins.plugins.kaniko.executor.it;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The packaged executor, run by somebody with a store of their own. */
final class Executor implements AutoCloseable {
  private static Path readableJar;

  private final TestUser user;
  private final Path home;
  private final Path store;

  Executor(TestUser user) throws IOException {
    this(user, null);
  }

  /**
   * @param store null for one in the user's own new directory
   */
  Executor(TestUser user, Path store) throws IOException {
    this.user = user;
    this.home = user.newDirectory();
    this.store = store == null ? home.resolve("store") : store;
  }

  TestUser user() {
    return user;
  }

  /** Where the user may write. */
  Path home() {
    return home;
  }

  /** Builds with the flags given and those that every build of the tests needs. */
  Commands.Result run(List<String> prefix, List<String> flags)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("--store-dir", store.toString()));
    words.addAll(List.of("--log-format", "text"));
    words.addAll(flags);
    return start(prefix, words);
  }

  /** One of the further commands, for this executor's store. */
  Commands.Result command(String name, String... flags) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(name, "--store-dir", store.toString()));
    words.addAll(List.of(flags));
    return start(List.of(), words);
  }

  private Commands.Result start(List<String> prefix, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(prefix);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", jar().toString()));
    words.addAll(arguments);
    return Commands.run(home, Map.of("LC_ALL", "C.UTF-8"), user.command(words));
  }

  Commands.Result run(List<String> flags) throws IOException, InterruptedException {
    return run(List.of(), flags);
  }

  @Override
  public void close() {
    TestUsers.delete(home);
  }

  /** The jar at a place that every user can read. */
  private static synchronized Path jar() throws IOException {
    if (readableJar == null) {
      String property = System.getProperty("executor.jar");
      if (property == null) {
        throw new IllegalStateException("the system property executor.jar names no jar");
      }
      Path directory = Files.createTempDirectory("kaniko-build-jar");
      Files.setAttribute(directory, "unix:mode", 0755);
      readableJar = Files.copy(Path.of(property), directory.resolve("executor.jar"));
      Files.setAttribute(readableJar, "unix:mode", 0644);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> TestUsers.delete(directory)));
    }
    return readableJar;
  }
}
