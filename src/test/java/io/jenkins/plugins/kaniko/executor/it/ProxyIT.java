package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.ProxyServer;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The agent's proxy: the executor in the sandbox uses it, and no command gets to know it (S6). */
@Tag("S6")
@Execution(ExecutionMode.CONCURRENT)
class ProxyIT {
  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  @ParameterizedTest
  @MethodSource("users")
  void theAgentsProxyServesTheExecutorAndNoCommand(TestUser user) throws Exception {
    try (RegistryServer registry = RegistryServer.start();
        ProxyServer proxy = ProxyServer.withLogin("agent", "hidden-password")) {
      BaseImage.busybox().push(registry, "base:1");
      // Only the proxy knows the way to this host.
      String host = registry.hostPort().replaceFirst(".*:", "registry.test:");
      Path context =
          ItUsers.context(
              user,
              "FROM %s/base:1\nADD http://%s/v2/ /answer\nRUN cat /proc/self/environ /answer"
                  .formatted(host, host));
      String url = "http://agent:hidden-password@" + proxy.hostPort();
      ExecutorResult result =
          ExecutorRun.as(user)
              .context(context)
              .environment("HTTP_PROXY", url)
              .environment("https_proxy", url)
              .environment("NO_PROXY", "agents-exception.test")
              .args("--no-push", "--insecure-registry", host)
              .args("--build-arg", "FTP_PROXY=of-the-build")
              .run();

      assertThat(result.exitCode()).as(result.output()).isZero();
      assertThat(proxy.requests())
          .anyMatch(line -> line.matches("GET .*/v2/base/blobs/.*"))
          .contains("GET http://" + host + "/v2/");
      assertThat(result.output())
          .contains("FTP_PROXY=of-the-build")
          .doesNotContain("HTTP_PROXY", "https_proxy", "agents-exception", "hidden-password");
      TestUsers.delete(context);
    }
  }
}
