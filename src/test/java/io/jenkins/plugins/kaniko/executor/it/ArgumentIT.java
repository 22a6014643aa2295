package io.jenkins.plugins.kaniko.executor.it;

import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertEndsNeatly;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Arguments that cannot be used: exit code 2, and nothing but one line on standard error. */
@Execution(ExecutionMode.CONCURRENT)
class ArgumentIT {
  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          --no-pus                        | tried to read flag --no-pus, but there is no such flag; try --no-push
          --azure-container-registry-config=x | flag --azure-container-registry-config is not supported; use AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID, a workload identity or config.json
          --context-sub-path=..           | --context-sub-path leads out of the context; give a path below it
          --context=ftp://host/x          | contexts of the kind ftp:// are not supported; give a directory, the address of a git repository, tar://FILE, s3://BUCKET/KEY, gs://BUCKET/NAME or the https address of a tar
          --context=/nowhere/at/all       | tried to use the build context /nowhere/at/all, but there is no such directory; name it with --context
          --verbosity=loud                | tried to read --verbosity, but there is no level loud; use trace, debug, info, warn, error, fatal or panic
          --log-format=xml                | tried to read --log-format, but there is no format xml; use text, color or json
          --no-push=perhaps               | tried to read flag --no-push, but its value is not understood; see --help
          --target                        | tried to read flag --target, but its value is missing; write --target=VALUE
          --label==x                      | tried to read flag --label, but its name is empty; write KEY=VALUE
          correct horse                   | tried to read argument 7, but it belongs to no flag; write values as --flag=value
          """)
  void areRefusedBeforeAnythingElse(String argument, String message) throws Exception {
    TestUser user = TestUsers.current();
    Path context = ItUsers.context(user, "FROM scratch");

    ExecutorResult result =
        ExecutorRun.as(user).context(context).args("--no-push=true", "--force", argument).run();

    assertEndsNeatly(result, 2);
    assertThat(result.stderr()).isEqualTo("error: " + message + "\n");
    assertThat(result.stdout()).isEmpty();
    TestUsers.delete(context);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --destination=a/Up     | tried to use --destination a/Up, but 'a/Up' is not an image name
          --destination=http://x | tried to use --destination http://x, but 'http://x' is not an image name
          --custom-platform=a/b/c/d | tried to use --custom-platform a/b/c/d, but 'a/b/c/d' is not a platform
          --isolation=docker     | tried to use --isolation, but
          """)
  void aValueThatMeansNothingIsNamed(String argument, String message) throws Exception {
    TestUser user = TestUsers.current();
    Path context = ItUsers.context(user, "FROM scratch");

    ExecutorResult result = ExecutorRun.as(user).context(context).args("--no-push", argument).run();

    assertEndsNeatly(result, 2);
    assertThat(result.error()).startsWith("error: " + message).hasLineCount(1);
    TestUsers.delete(context);
  }

  @Test
  void aBuildNeedsADestination() throws Exception {
    TestUser user = TestUsers.current();
    Path context = ItUsers.context(user, "FROM scratch");

    ExecutorResult result = ExecutorRun.as(user).context(context).run();

    assertEndsNeatly(result, 2);
    assertThat(result.stderr())
        .isEqualTo("error: there is nowhere to push to; give --destination or --no-push\n");
    TestUsers.delete(context);
  }

  /** The plugin reads standard output line by line: nothing else may be there. */
  @ParameterizedTest
  @MethodSource("users")
  void inJsonAFailureIsTheLastEvent(TestUser user) throws Exception {
    Path context = ItUsers.context(user, "FROM scratch\nCOPY nope /");

    ExecutorResult result =
        ExecutorRun.as(user).context(context).args("--no-push", "--log-format=json").run();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stderr()).isEmpty();
    assertThat(result.leftovers()).isEmpty();
    assertThat(result.stdout().lines()).allMatch(line -> line.matches("\\{\"event\":\".*\\}"));
    assertThat(result.stdout().lines().filter(line -> line.startsWith("{\"event\":\"failed\"")))
        .hasSize(1);
    assertThat(result.stdout().lines().reduce((a, b) -> b).orElseThrow())
        .startsWith("{\"event\":\"failed\"")
        .contains(
            "\"category\":\"dockerfile_or_command\"",
            "\"file\":\"Dockerfile\",\"line\":2,\"snippet\":[\"COPY nope /\"]");
    TestUsers.delete(context);
  }
}
