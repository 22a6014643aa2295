package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** What holds for every end that is not a good one. */
final class ResultAssertions {
  private static final List<String> SECRETS =
      List.of(
          RegistryServer.PASSWORD,
          Base64.getEncoder()
              .encodeToString(
                  (RegistryServer.USER + ":" + RegistryServer.PASSWORD)
                      .getBytes(StandardCharsets.UTF_8)));

  private ResultAssertions() {}

  /** One error, no stack trace, no secret, nothing left behind. */
  static void assertEndsNeatly(ExecutorResult result, int exitCode) {
    assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
    assertThat(result.output().lines().filter(line -> line.contains("error: ")))
        .as(result.output())
        .hasSize(1);
    assertNothingShows(result);
    assertThat(result.leftovers()).as(result.output()).isEmpty();
  }

  /** No stack trace, no secret, no colour. */
  static void assertNothingShows(ExecutorResult result) {
    assertThat(result.output())
        .doesNotContain("Exception", "\tat ", "defect of the executor", "\033")
        .doesNotContain(SECRETS);
  }
}
