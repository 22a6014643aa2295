package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No build touches the root of the agent, whatever its commands do to theirs. */
@Tag("S12")
@Execution(ExecutionMode.CONCURRENT)
class OwnRootIT {
  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  @ParameterizedTest
  @MethodSource("users")
  void aCommandThatDeletesEverythingDeletesItsOwnRoot(TestUser user) throws Exception {
    try (RegistryServer registry = RegistryServer.start()) {
      BaseImage.busybox().push(registry, "base:1");
      Path context =
          ItUsers.context(
              user,
              """
              FROM %1$s/base:1 AS gone
              COPY Dockerfile /etc/of-the-first-stage
              RUN touch /etc/of-a-command && rm -rf /* 2>/dev/null; true
              FROM %1$s/base:1
              COPY --from=gone / /rest
              RUN ! test -e /etc/of-the-first-stage && ! test -e /etc/of-a-command && ! test -e /rest/etc/of-a-command && ! test -e /rest/bin
              """
                  .formatted(registry.hostPort()));
      Map<Path, Long> before = root();

      ExecutorResult result =
          ExecutorRun.as(user)
              .context(context)
              .args("--no-push", "--insecure-registry", registry.hostPort())
              .run();

      assertThat(result.exitCode()).as(result.output()).isZero();
      assertThat(root()).isEqualTo(before);
      TestUsers.delete(context);
    }
  }

  /** The names of the agent's root and of its configuration, each with its inode. */
  private static Map<Path, Long> root() throws IOException {
    Map<Path, Long> found = new TreeMap<>();
    for (Path directory : new Path[] {Path.of("/"), Path.of("/etc"), Path.of("/usr")}) {
      try (Stream<Path> entries = Files.list(directory)) {
        for (Path entry : (Iterable<Path>) entries::iterator) {
          found.put(entry, (Long) Files.getAttribute(entry, "unix:ino", LinkOption.NOFOLLOW_LINKS));
        }
      }
    }
    return found;
  }
}
