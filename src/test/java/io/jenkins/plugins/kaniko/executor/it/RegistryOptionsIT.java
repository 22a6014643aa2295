package io.jenkins.plugins.kaniko.executor.it;

import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertEndsNeatly;
import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertNothingShows;
import static io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.ProxyServer;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Proxies, mirrors and tags that may not change, through the packaged executor. */
@Execution(ExecutionMode.CONCURRENT)
class RegistryOptionsIT {
  private static RegistryServer registry;

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryServer.start();
    BaseImage.busybox().push(registry, "hub/library/base:1");
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
  }

  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  @ParameterizedTest
  @MethodSource("users")
  void everythingGoesThroughAProxyThatWantsAPassword(TestUser user) throws Exception {
    try (ProxyServer proxy = ProxyServer.withLogin("me", "p@ss")) {
      String host = "registry.test:" + registry.port();
      Path context =
          ItUsers.context(
              user,
              "FROM %1$s/hub/library/base:1\nADD http://%1$s/v2/ /answer\nRUN cat /answer"
                  .formatted(host));

      ExecutorResult result =
          ExecutorRun.as(user)
              .context(context)
              .environment("http_proxy", "http://me:p%40ss@" + proxy.hostPort())
              .args("--insecure-registry", host, "--destination", host + "/proxied:1")
              .run();

      assertSucceeds(result);
      assertThat(result.stdout()).doesNotContain("p@ss").doesNotContain("p%40ss");
      assertThat(proxy.requests())
          .contains(
              "GET http://" + host + "/v2/", "PUT http://" + host + "/v2/proxied/manifests/1");
      TestUsers.delete(context);
    }
  }

  @Test
  void aMirrorThatIsGoneIsAWarningAndTheNextOneServes() throws Exception {
    TestUser user = TestUsers.current();
    Path context = ItUsers.context(user, "FROM base:1\nRUN true");

    ExecutorResult result =
        ExecutorRun.as(user)
            .context(context)
            .environment("KANIKO_REGISTRY_MIRROR", registry.hostPort() + "/hub")
            .args("--no-push", "--registry-mirror=gone.invalid", "--skip-default-registry-fallback")
            .args("--insecure-registry", registry.hostPort())
            .run();

    assertSucceeds(result);
    assertThat(result.stdout())
        .contains("the host gone.invalid is unknown", "(trying " + registry.hostPort() + " next)");
    TestUsers.delete(context);
  }

  @Test
  void aTagThatMayNotChangeIsAnErrorOrAWarning() throws Exception {
    TestUser user = TestUsers.current();
    try (FaultyRegistry immutable = new FaultyRegistry(registry)) {
      immutable.fault(
          (exchange, forward) -> {
            if (!exchange.getRequestMethod().equals("PUT")
                || !exchange.getRequestURI().getPath().contains("/manifests/")) {
              return false;
            }
            exchange.getRequestBody().readAllBytes();
            answer(
                exchange,
                400,
                "{\"errors\":[{\"message\":\"cannot be overwritten because the repository is immutable\"}]}");
            return true;
          });
      Path context = ItUsers.context(user, "FROM scratch\nLABEL a=b");
      String[] args = {
        "--insecure-registry",
        immutable.hostPort(),
        "--destination",
        immutable.hostPort() + "/app:1"
      };

      ExecutorResult refused = ExecutorRun.as(user).context(context).args(args).run();
      ExecutorResult accepted =
          ExecutorRun.as(user)
              .context(context)
              .args(args)
              .args("--push-ignore-immutable-tag-errors")
              .run();

      assertEndsNeatly(refused, 3);
      assertThat(refused.error()).contains("give --push-ignore-immutable-tag-errors");
      assertSucceeds(accepted);
      assertThat(accepted.stdout()).contains("/app:1 is an immutable tag that exists already");
      TestUsers.delete(context);
    }
  }

  @Test
  void aRegistryThatKeepsFailingIsGivenUpInTime() throws Exception {
    TestUser user = TestUsers.current();
    try (FaultyRegistry broken = new FaultyRegistry(registry)) {
      broken.fault(
          (exchange, forward) -> {
            answer(exchange, 502, "<html>");
            return true;
          });
      Path context = ItUsers.context(user, "FROM " + broken.hostPort() + "/base:1");

      ExecutorResult result =
          ExecutorRun.as(user)
              .context(context)
              .args("--no-push", "--insecure-registry", broken.hostPort())
              .run();

      assertEndsNeatly(result, 3);
      assertThat(result.error()).contains("but the registry answered 502; try again later");
      assertThat(result.duration()).isLessThan(Duration.ofSeconds(15));
      assertThat(broken.requests()).hasSize(4);
      TestUsers.delete(context);
    }
  }

  private static void assertSucceeds(ExecutorResult result) {
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertNothingShows(result);
    assertThat(result.leftovers()).as(result.output()).isEmpty();
  }
}
