package io.jenkins.plugins.kaniko.executor.it;

import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertEndsNeatly;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are full, files that cannot be written or read. */
@Execution(ExecutionMode.CONCURRENT)
class EnvironmentFailureIT {
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
  @ValueSource(
      strings = {
        "--digest-file",
        "--image-name-with-digest-file",
        "--image-name-tag-with-digest-file",
        "--metadata-file",
        "--tar-path",
        "--oci-layout-path"
      })
  void aFileThatCannotBeWrittenIsFoundOutBeforeTheBuild(String flag) throws Exception {
    TestUser user = TestUsers.current();
    Path context = ItUsers.context(user, "FROM " + registry.hostPort() + "/base:1\nRUN echo never");
    String file = context.resolve("Dockerfile/below").toString();

    ExecutorResult result =
        run(user, context).args("--destination", "localhost:1/app", flag, file).run();

    assertEndsNeatly(result, 4);
    assertThat(result.error())
        .startsWith("error: tried to write " + file + ", but ")
        .endsWith("; name a file that can be written");
    assertThat(result.stdout()).doesNotContain("never");
    TestUsers.delete(context);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile", ".dockerignore", "src/secret", "src"})
  void aFileThatMayNotBeReadIsNamed(String file) throws Exception {
    TestUser user = TestUsers.withSubIds();
    Path context = ItUsers.context(user, "FROM scratch\nCOPY src /src");
    Files.createDirectory(context.resolve("src"));
    Files.writeString(context.resolve("src/secret"), "x");
    Files.writeString(context.resolve(".dockerignore"), "x");
    user.own(context);
    Files.setAttribute(context.resolve(file), "unix:mode", 0);
    // Root of a user namespace may read what belongs to its user; this file belongs to another.
    Files.setAttribute(context.resolve(file), "unix:uid", 0);

    ExecutorResult result = run(user, context).run();

    assertThat(result.exitCode()).as(result.output()).isNotZero();
    assertEndsNeatly(result, result.exitCode());
    assertThat(result.error()).contains(file, "permission");
    Files.setAttribute(context.resolve(file), "unix:mode", 0755);
    TestUsers.delete(context);
  }

  @ParameterizedTest
  @MethodSource("users")
  void aStoreThatCannotBeMadeIsNamed(TestUser user) throws Exception {
    Path context = ItUsers.context(user, "FROM scratch\nCOPY Dockerfile /");
    Path store = context.resolve("Dockerfile/store");

    ExecutorResult result = run(user, context).store(store).run();

    assertEndsNeatly(result, 4);
    assertThat(result.error()).contains(context.resolve("Dockerfile").toString());
    TestUsers.delete(context);
  }

  private static ExecutorRun run(TestUser user, Path context) {
    return ExecutorRun.as(user)
        .context(context)
        .args("--no-push", "--insecure-registry", registry.hostPort());
  }
}
