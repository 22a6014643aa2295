package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that are processes of their own, of several users, and that die. */
class AgentProcessIT {
  @ParameterizedTest
  @ValueSource(strings = {"root", "subids"})
  void aBuildWorksForEveryUser(String kind) throws Exception {
    try (RemoteAgent agent = new RemoteAgent(user(kind), "RUN echo hello")) {
      assertThat(agent.finish()).contains("[stage-0 4] hello\n", "\ndigest sha256:");
      assertThat(agent.credentials()).isEmpty();
      assertThat(mode(agent.home())).isEqualTo(0700);
    }
  }

  @Test
  void withoutSubIdsAnotherUserIsRefusedWithItsRemedy() throws Exception {
    try (RemoteAgent agent = new RemoteAgent(TestUsers.withoutSubIds(), "USER 7\nRUN echo hello")) {
      assertThat(agent.finish()).contains("aborted: ", "uidmap").doesNotContain("Exception");
      assertThat(agent.credentials()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "subids"})
  void whatAKilledAgentLeavesDiesAndIsSweptByTheNextBuild(String kind) throws Exception {
    String marker = "4712." + kind.toLowerCase(Locale.ROOT).length();
    try (RemoteAgent agent = new RemoteAgent(user(kind), "RUN /bin/busybox sleep " + marker)) {
      Agent.await(() -> !Agent.processes("sleep\0" + marker).isEmpty());
      assertThat(agent.credentials()).hasSize(1);
      assertThat(mode(agent.credentials().get(0))).isEqualTo(0700);
      assertThat(mode(agent.credentials().get(0).resolve("config.json"))).isEqualTo(0600);
      agent.kill();
      Agent.await(() -> Agent.processes(agent.root().toString()).isEmpty());
      assertThat(Agent.processes("sleep\0" + marker)).isEmpty();
      assertThat(agent.credentials()).hasSize(1);
      agent.restart("RUN echo again");
      assertThat(agent.finish()).contains("digest sha256:");
      assertThat(agent.credentials()).isEmpty();
    }
  }

  @Test
  void anAgentThatIsAskedToEndCleansUp() throws Exception {
    try (RemoteAgent agent =
        new RemoteAgent(TestUsers.current(), "RUN /bin/busybox sleep 4712.99")) {
      Agent.await(() -> !Agent.processes("sleep\0" + "4712.99").isEmpty());
      agent.end();
      agent.finish();
      assertThat(Agent.processes("4712.99")).isEmpty();
      assertThat(agent.credentials()).isEmpty();
    }
  }

  private static TestUser user(String kind) {
    return kind.equals("root") ? TestUsers.root() : TestUsers.withSubIds();
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode") & 07777;
  }

  private static final class RemoteAgent implements AutoCloseable {
    private final TestUser user;
    private final Path root;
    private final Path jar;
    private Process process;

    RemoteAgent(TestUser user, String command) throws IOException {
      this.user = user;
      root = user.newDirectory();
      jar = Files.copy(Agent.executorJar(), root.resolve("executor.jar"));
      Path workspace = Files.createDirectories(root.resolve("workspace").resolve("job"));
      Files.copy(Path.of("/bin/busybox"), workspace.resolve("busybox"));
      restart(command);
    }

    void restart(String command) throws IOException {
      Path workspace = root.resolve("workspace").resolve("job");
      Files.writeString(
          workspace.resolve("Dockerfile"),
          "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n" + command + "\n");
      user.own(root.resolve("workspace"));
      List<String> words =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-cp",
                  TestUsers.readableClasspath(),
                  AgentMain.class.getName(),
                  root.toString(),
                  jar.toString()));
      words.addAll(List.of("--context=.", "--no-push"));
      process =
          new ProcessBuilder(user.command(words))
              .redirectErrorStream(true)
              .redirectOutput(root.resolve("log").toFile())
              .start();
    }

    String finish() throws IOException, InterruptedException {
      process.waitFor();
      return Files.readString(root.resolve("log"), StandardCharsets.UTF_8);
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    void end() {
      process.destroy();
    }

    Path root() {
      return root;
    }

    Path home() {
      return root.resolve("kaniko-build").resolve(Integer.toString(user.uid()));
    }

    List<Path> credentials() throws IOException {
      try (Stream<Path> files = Files.list(home().resolve("kaniko").resolve(".docker"))) {
        return files.toList();
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      TestUsers.delete(root);
    }
  }
}
