package io.jenkins.plugins.kaniko.executor.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.rootfs.RootfsServer.Outcome;
import io.jenkins.plugins.kaniko.executor.rootfs.RootfsServer.Scenario;
import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Has a {@link RootfsServer} play scenarios on one rung and one root file system. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class RootFilesystemScenarios {
  static final String OLD = "touch -hd @1000000000 ";

  private Path directory;
  private Process server;
  private ObjectOutputStream orders;
  private ObjectInputStream answers;

  abstract TestUser user();

  abstract Isolation isolation();

  abstract boolean overlay();

  @BeforeAll
  void start() throws Exception {
    TestUser user = user();
    directory = user.newDirectory();
    List<String> command =
        user.command(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                TestUsers.readableClasspath(),
                RootfsServer.class.getName(),
                isolation().spelling(),
                directory.toString()));
    server = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    orders = new ObjectOutputStream(server.getOutputStream());
    orders.flush();
    answers = new ObjectInputStream(server.getInputStream());
  }

  @AfterAll
  void stop() throws Exception {
    if (server != null) {
      orders.close();
      server.onExit().join();
      TestUsers.delete(directory);
    }
  }

  @SuppressWarnings("BanSerializableRead") // Both ends of the pipe are this test.
  Outcome outcome(Scenario scenario) throws Exception {
    orders.writeObject(scenario);
    orders.flush();
    return (Outcome) answers.readObject();
  }

  /** What came of it, where nothing may differ. */
  Outcome play(Scenario scenario) throws Exception {
    Outcome outcome = outcome(scenario);
    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.differences()).isEmpty();
    return outcome;
  }

  /** The changeset of a command over a base that another has made. */
  List<String> changes(String base, String step) throws Exception {
    // Everything in the base is old, so that a change of time is a change.
    String aged =
        base + "\nfind / -xdev -mindepth 1 ! -path '/bin*' ! -type c -exec " + OLD + "{} ';'";
    Scenario scenario =
        new Scenario(overlay(), base.isEmpty() ? "" : aged, List.of(step), List.of(), List.of());
    return play(scenario).entries().get(0);
  }

  List<String> changes(String step) throws Exception {
    return changes("", step);
  }

  /** Runs a command over a base and layers as others write them. */
  List<String> foreign(String base, String step, List<List<String>> layers) throws Exception {
    return play(new Scenario(overlay(), base, List.of(step), List.of(), List.of(), layers))
        .entries()
        .get(0);
  }
}
