package io.jenkins.plugins.kaniko.executor.it;

import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertEndsNeatly;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Dockerfiles and contexts that cannot be built: what is said of them, word for word. */
@Tag("S17")
@Execution(ExecutionMode.CONCURRENT)
class BadInputIT {
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

  static Stream<Arguments> cases() {
    return BadInputCase.all().stream()
        .flatMap(input -> ItUsers.all().map(user -> Arguments.of(input, user)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void isRefusedInOneSentence(BadInputCase input, TestUser user) throws Exception {
    Path context = user.newDirectory();
    Map<String, String> names =
        Map.of("registry", registry.hostPort(), "context", context.toString());
    input.write(context, names);
    user.own(context);
    ExecutorResult result =
        ExecutorRun.as(user)
            .context(context)
            .args("--insecure-registry", registry.hostPort())
            .args(
                input.args().stream()
                    .map(word -> BadInputCase.filled(word, names))
                    .toArray(String[]::new))
            .run();
    TestUsers.delete(context);
    assertThat(result.error()).isEqualTo(BadInputCase.filled(input.error(), names));
    assertEndsNeatly(result, input.exitCode());
  }
}
