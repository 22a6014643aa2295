package io.jenkins.plugins.kaniko.executor.it;

import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertEndsNeatly;
import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertNothingShows;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.it.ImageMaker.Layer;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.RunningExecutor;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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

/**
 * Builds that end by SIGKILL, which nobody can catch: S9, S10 and S25 for the packaged executor.
 */
@Tag("S9")
@Tag("S10")
@Tag("S25")
@Execution(ExecutionMode.CONCURRENT)
class KillIT {
  /** Against a test that never ends; no test waits for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  private static final int FILES = 10_000;
  private static final String SLEEP = "RUN echo begun; sleep 1000 & sleep 1000";

  private static RegistryServer registry;
  private static String base;

  /**
   * The manifest from its layers on: all of their digests are in it, and that of the config not.
   */
  private static String layers;

  @BeforeAll
  static void startRegistry() throws Exception {
    registry = RegistryServer.start();
    Layer many = new Layer().directory("many");
    for (int i = 0; i < FILES; i++) {
      many.file("many/" + i, Integer.toString(i));
    }
    RegistryClient client = new RegistryClient(registry.hostPort());
    ImageMaker.system().layer(many).push(client, "many", "latest");
    String manifest = new String(client.manifest("many", "latest").body(), StandardCharsets.UTF_8);
    layers = manifest.substring(manifest.indexOf("\"layers\""));
    base = registry.hostPort() + "/many";
  }

  @AfterAll
  static void stopRegistry() throws Exception {
    registry.close();
  }

  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  /** What a build is in the middle of. */
  enum Work {
    PULL,
    EXTRACT,
    RUN,
    WRITE,
    PUSH;

    String instructions() {
      return switch (this) {
        case PULL, EXTRACT, RUN -> SLEEP;
        case WRITE -> "RUN head -c 60000000 /dev/urandom > /noise\n" + SLEEP;
        case PUSH -> "RUN echo hi > /hi";
      };
    }

    /** Waits until a build is there; a registry that stalls says so by the latch. */
    void await(RunningExecutor executor, Path store, CountDownLatch stalled) throws Exception {
      switch (this) {
        case PULL, PUSH ->
            assertThat(stalled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("%s", this)
                .isTrue();
        case EXTRACT -> awaitFile(store, "/tree-[^/]*");
        case RUN -> executor.awaitOutput("begun\n");
        case WRITE -> awaitFile(store, "/tmp/layer-[^/]*");
      }
    }
  }

  static Stream<Arguments> worksOfUsers() {
    return ItUsers.all()
        .flatMap(user -> Arrays.stream(Work.values()).map(work -> Arguments.of(user, work)));
  }

  /** The whole machinery is gone at once, and the next start finds a store that it can use. */
  @ParameterizedTest
  @MethodSource("worksOfUsers")
  void whatAKilledExecutorLeavesIsSweptByTheNext(TestUser user, Work work) throws Exception {
    CountDownLatch stalled = new CountDownLatch(1);
    try (FaultyRegistry slow = new FaultyRegistry(registry)) {
      slow.fault(
          (exchange, forward) -> {
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getPath();
            boolean layer =
                path.contains("/blobs/") && layers.contains(path.replaceFirst(".*/", ""));
            if (work == Work.PULL && method.equals("GET") && layer) {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write(new byte[1000]);
              exchange.getResponseBody().flush();
            } else if (work != Work.PUSH || !method.matches("PATCH|PUT")) {
              return false;
            }
            stalled.countDown();
            return stall();
          });
      Path context = ItUsers.context(user, from(slow.hostPort() + "/many", work.instructions()));
      Path store = user.newDirectory().resolve("store");
      ExecutorRun run = run(user, context, store).args("--insecure-registry", slow.hostPort());
      RunningExecutor executor =
          (work == Work.PUSH
                  ? run.args("--destination", slow.hostPort() + "/killed")
                  : run.args("--no-push"))
              .start();
      work.await(executor, store, stalled);
      executor.signal("KILL");
      ExecutorResult killed = executor.await();

      assertThat(killed.exitCode()).as(killed.output()).isEqualTo(137);
      assertNothingShows(killed);
      assertThat(killed.leftovers())
          .isNotEmpty()
          .allMatch(left -> left.startsWith("file " + store + "/builds/"));
      assertBuilds(user, context, store);
      TestUsers.delete(context);
      TestUsers.delete(store.getParent());
    }
  }

  /** As the kernel does when memory runs out: it takes the largest process. */
  @ParameterizedTest
  @MethodSource("users")
  void anExecutorKilledInTheSandboxIsAFailureOfTheMachineThatLeavesNothing(TestUser user)
      throws Exception {
    Path context = ItUsers.context(user, from(base, SLEEP));
    Path store = user.newDirectory().resolve("store");
    RunningExecutor executor = run(user, context, store).args("--no-push").start();
    executor.awaitOutput("begun\n");
    executor.signalInner("KILL");
    ExecutorResult killed = executor.await();

    assertEndsNeatly(killed, 4);
    assertThat(killed.error())
        .isEqualTo(
            "error: tried to build, but the executor in the sandbox was killed (SIGKILL), most"
                + " likely because the memory ran out; raise the memory limit of the agent or its"
                + " container, or run fewer builds at once");
    assertThat(killed.stderr()).isEmpty();
    assertBuilds(user, context, store);
    TestUsers.delete(context);
    TestUsers.delete(store.getParent());
  }

  private static void assertBuilds(TestUser user, Path context, Path store) throws Exception {
    Files.writeString(
        context.resolve("Dockerfile"),
        from(base, "RUN cd /many && [ $(cat $(seq 0 %d) | wc -c) = 38890 ]".formatted(FILES - 1)));
    ExecutorResult next = run(user, context, store).args("--no-push").run();

    assertThat(next.exitCode()).as(next.output()).isZero();
    assertThat(next.leftovers()).isEmpty();
  }

  private static String from(String image, String instructions) {
    return "FROM " + image + "\n" + instructions;
  }

  private static ExecutorRun run(TestUser user, Path context, Path store) {
    return ExecutorRun.as(user)
        .context(context)
        .store(store)
        .args("--insecure-registry", registry.hostPort());
  }

  private static void awaitFile(Path store, String pattern) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (Files.exists(store.resolve("builds"))) {
        try (Stream<Path> files = Files.find(store.resolve("builds"), 3, (file, a) -> true)) {
          if (files.anyMatch(f -> f.toString().matches(".*" + pattern) && isStarted(f))) {
            return;
          }
        } catch (IOException | UncheckedIOException e) {
          // The build moves on while this looks.
        }
      }
      Thread.sleep(5);
    }
    throw new AssertionError("no file came up that matches " + pattern);
  }

  private static boolean isStarted(Path file) {
    return file.toFile().length() > 0;
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
