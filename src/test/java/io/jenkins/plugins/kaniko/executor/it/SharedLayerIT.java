package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.it.ImageMaker.Format;
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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One layer that several stages, or several builds, want at the same time. */
@Execution(ExecutionMode.CONCURRENT)
class SharedLayerIT {
  private static RegistryServer registry;

  @BeforeAll
  static void startRegistry() throws Exception {
    registry = RegistryServer.start();
    RegistryClient client = new RegistryClient(registry.hostPort());
    ImageMaker.system().push(client, "one", "latest");
    ImageMaker.system().format(Format.OCI).push(client, "two", "latest");
    BaseImage.busybox().push(registry, "base:1");
  }

  @AfterAll
  static void stopRegistry() throws Exception {
    registry.close();
  }

  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  @Test
  void aLayerOfTwoImagesIsFetchedOnce() throws Exception {
    TestUser user = TestUsers.current();
    try (FaultyRegistry slow = new FaultyRegistry(registry)) {
      slow.fault(
          (exchange, forward) -> {
            if (exchange.getRequestURI().getPath().contains("/blobs/")) {
              pause();
            }
            return false;
          });
      String dockerfile =
          """
          FROM %1$s/one AS one
          RUN echo one > /made
          FROM %1$s/two
          RUN echo two > /too
          COPY --from=one /made /made
          """
              .formatted(slow.hostPort());
      Path context = ItUsers.context(user, dockerfile);
      ExecutorResult result = run(user, context, slow.hostPort()).run();

      assertThat(result.exitCode()).as(result.output()).isZero();
      // Two configs and one layer.
      assertThat(slow.count("GET .*/blobs/.*")).as("%s", slow.requests()).isEqualTo(3);
      TestUsers.delete(context);
    }
  }

  @ParameterizedTest
  @MethodSource("users")
  void buildsOfOneStoreDoNotDisturbEachOther(TestUser user) throws Exception {
    String dockerfile =
        "FROM %s/base:1\nRUN cat /etc/passwd > /made && [ -x /bin/busybox ]\nRUN cat /made > /too\n";
    Path context = ItUsers.context(user, dockerfile.formatted(registry.hostPort()));
    Path store = user.newDirectory().resolve("store");
    List<RunningExecutor> running = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      running.add(run(user, context, registry.hostPort()).store(store).start());
    }
    for (int i = 0; i < running.size(); i++) {
      ExecutorResult result = running.get(i).await();
      assertThat(result.exitCode()).as(result.output()).isZero();
      if (i == running.size() - 1) {
        assertThat(result.leftovers()).isEmpty();
      }
    }
    ExecutorResult after = run(user, context, registry.hostPort()).store(store).run();
    assertThat(after.exitCode()).as(after.output()).isZero();
    TestUsers.delete(context);
    TestUsers.delete(store.getParent());
  }

  private static ExecutorRun run(TestUser user, Path context, String host) {
    return ExecutorRun.as(user).context(context).args("--no-push", "--insecure-registry", host);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(700);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
