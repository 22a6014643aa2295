package io.jenkins.plugins.kaniko.executor.it;

import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertEndsNeatly;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.RunningExecutor;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Builds that are stopped: S9, S10 and S25 for the packaged executor. */
@Tag("S9")
@Tag("S10")
@Tag("S25")
@Execution(ExecutionMode.CONCURRENT)
class InterruptionIT {
  private static final String SLEEP = "RUN echo begun; sleep 1000 & sleep 1000";

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

  static Stream<Arguments> signals() {
    return ItUsers.all()
        .flatMap(
            user -> Stream.of(Arguments.of(user, "INT", 130), Arguments.of(user, "TERM", 143)));
  }

  @ParameterizedTest
  @MethodSource("signals")
  void inARun(TestUser user, String signal, int exitCode) throws Exception {
    Path context = ItUsers.context(user, "FROM " + registry.hostPort() + "/base:1\n" + SLEEP);
    RunningExecutor executor = start(user, context, registry.hostPort());
    executor.awaitOutput("begun\n");
    executor.signal(signal);

    assertStopped(executor.await(), exitCode);
    TestUsers.delete(context);
  }

  /** Control-C reaches every process of the terminal's foreground group. */
  @ParameterizedTest
  @MethodSource("users")
  void inARunByControlC(TestUser user) throws Exception {
    Path context = ItUsers.context(user, "FROM " + registry.hostPort() + "/base:1\n" + SLEEP);
    RunningExecutor executor = start(user, context, registry.hostPort());
    executor.awaitOutput("begun\n");
    executor.signalGroup("INT");

    assertStopped(executor.await(), 130);
    TestUsers.delete(context);
  }

  @ParameterizedTest
  @MethodSource("signals")
  void whilePulling(TestUser user, String signal, int exitCode) throws Exception {
    CountDownLatch half = new CountDownLatch(1);
    String layer = BaseImage.busybox().layerDigest();
    try (FaultyRegistry slow = new FaultyRegistry(registry)) {
      slow.fault(
          (exchange, forward) -> {
            if (!exchange.getRequestURI().getPath().endsWith(layer)) {
              return false;
            }
            exchange.sendResponseHeaders(200, BaseImage.busybox().layerSize());
            exchange.getResponseBody().write(new byte[1000]);
            exchange.getResponseBody().flush();
            half.countDown();
            return stall();
          });
      Path context = ItUsers.context(user, "FROM " + slow.hostPort() + "/base:1\nRUN true");
      RunningExecutor executor = start(user, context, slow.hostPort());
      assertThat(half.await(60, TimeUnit.SECONDS)).as("a pull").isTrue();
      executor.signal(signal);

      assertStopped(executor.await(), exitCode);
      TestUsers.delete(context);
    }
  }

  @ParameterizedTest
  @MethodSource("signals")
  void whilePushing(TestUser user, String signal, int exitCode) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (FaultyRegistry slow = new FaultyRegistry(registry)) {
      slow.fault(
          (exchange, forward) -> {
            boolean data = exchange.getRequestMethod().matches("PATCH|PUT");
            if (data) {
              begun.countDown();
              stall();
            }
            return data;
          });
      String image = registry.hostPort() + "/base:1";
      Path context = ItUsers.context(user, "FROM " + image + "\nRUN echo hi > /hi");
      RunningExecutor executor =
          ExecutorRun.as(user)
              .context(context)
              .args("--insecure-registry", registry.hostPort())
              .args("--insecure-registry", slow.hostPort())
              .args("--destination", slow.hostPort() + "/app:1")
              .start();
      assertThat(begun.await(60, TimeUnit.SECONDS)).as("a push").isTrue();
      executor.signal(signal);

      assertStopped(executor.await(), exitCode);
      assertThat(slow.count("PUT .*/manifests/.*")).isZero();
      TestUsers.delete(context);
    }
  }

  private static RunningExecutor start(TestUser user, Path context, String host)
      throws IOException {
    return run(user, context, host).start();
  }

  private static ExecutorRun run(TestUser user, Path context, String host) {
    return ExecutorRun.as(user).context(context).args("--no-push", "--insecure-registry", host);
  }

  private static void assertStopped(ExecutorResult result, int exitCode) {
    assertEndsNeatly(result, exitCode);
    assertThat(result.error()).isEqualTo("error: the build was interrupted");
  }

  /** Until the registry is closed. */
  private static boolean stall() {
    try {
      Thread.sleep(600_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
