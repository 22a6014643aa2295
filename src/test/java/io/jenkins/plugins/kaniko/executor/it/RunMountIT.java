package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.RunningExecutor;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What RUN shares with something outside of its build. */
@Tag("S26")
class RunMountIT {
  private static RegistryServer registry;

  @BeforeAll
  static void startRegistry() throws Exception {
    registry = RegistryServer.start();
    BaseImage.busybox().push(registry, "base:1");
  }

  @AfterAll
  static void stopRegistry() throws Exception {
    registry.close();
  }

  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  @ParameterizedTest
  @MethodSource("users")
  void aLockedCacheHasOneUserAtATimeAndOutlivesItsBuild(TestUser user) throws Exception {
    String dockerfile =
        """
        FROM %s/base:1
        RUN --mount=type=cache,target=/c,sharing=locked \\
          test ! -e /c/busy && touch /c/busy && sleep 2 && rm /c/busy && echo x >> /c/builds && cat /c/builds
        """
            .formatted(registry.hostPort());
    Path context = ItUsers.context(user, dockerfile);
    Path store = user.newDirectory();
    RunningExecutor one = build(user, context, store).start();
    RunningExecutor two = build(user, context, store).start();
    List<ExecutorResult> results = List.of(one.await(), two.await());
    for (ExecutorResult result : results) {
      assertThat(result.exitCode()).as(result.output()).isZero();
    }
    ExecutorResult third = build(user, context, store).run();
    assertThat(third.output().lines().filter(line -> line.endsWith("] x")))
        .as(third.output())
        .hasSize(3);
    TestUsers.delete(store);
    TestUsers.delete(context);
  }

  @ParameterizedTest
  @MethodSource("users")
  void anAgentAnswersQuestionsAndKeepsItsKeys(TestUser user) throws Exception {
    String dockerfile =
        """
        FROM %s/base:1
        USER app
        RUN --mount=type=ssh,uid=1234 --mount=target=/src /src/client
        RUN test ! -e /run && test -z "$SSH_AUTH_SOCK"
        """
            .formatted(registry.hostPort());
    Path context = ItUsers.context(user, dockerfile);
    Path keys = user.newDirectory();
    Commands.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys + "/key");
    Commands.must(
        "gcc",
        "-static",
        "-o",
        context + "/client",
        Path.of("src/test/resources/ssh/agent-client.c").toAbsolutePath().toString());
    user.own(keys);
    user.own(context);
    Path socket = keys.resolve("agent");
    Process agent =
        new ProcessBuilder(user.command(List.of("ssh-agent", "-D", "-a", socket.toString())))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      String byKey = "default=" + keys.resolve("key");
      ExecutorResult result = build(user, context, user.newDirectory()).args("--ssh", byKey).run();
      assertThat(result.exitCode()).as(result.output()).isZero();
      assertThat(result.output()).contains("12 with 1 keys").contains("] 5");
      while (!Files.exists(socket)) {
        Thread.sleep(10);
      }
      ExecutorResult empty =
          build(user, context, user.newDirectory())
              .environment("SSH_AUTH_SOCK", socket.toString())
              .args("--ssh", "default")
              .run();
      assertThat(empty.output()).contains("12 with 0 keys").contains("] 5");
    } finally {
      agent.destroy();
      agent.waitFor();
      TestUsers.delete(keys);
      TestUsers.delete(context);
    }
  }

  private static ExecutorRun build(TestUser user, Path context, Path store) {
    return ExecutorRun.as(user)
        .store(store.resolve("store"))
        .context(context)
        .args("--no-push", "--insecure-registry", registry.hostPort());
  }
}
