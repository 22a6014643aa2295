package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.RandomBuild;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.RunningExecutor;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * As {@code CacheModelTest}, of the packaged executor, and with builds that are killed or run side
 * by side. {@code -Dcache.builds} says how many edits, {@code -Dcache.kills} how many builds are
 * killed.
 */
class CacheModelIT {
  private static final int EDITS = Integer.getInteger("cache.builds", 3);
  private static final int KILLS = Integer.getInteger("cache.kills", 4);
  private static final int KILLS_IN_A_ROW = 4;

  private static RegistryServer server;
  private static RegistryClient registry;

  @BeforeAll
  static void start() throws Exception {
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    ImageMaker.Layer files = new ImageMaker.Layer().directory("p").file("p/seed", "seed");
    ImageMaker.system().layer(files.symlink("link", "p")).push(registry, "base", "latest");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  /** What one user builds in one store. */
  private static final class Bench implements AutoCloseable {
    private final TestUser user;
    private final Path home;
    private final Random random;
    private final RandomBuild build;
    private final String name;

    Bench(TestUser user) throws IOException {
      this.user = user;
      this.name = user.name() + System.nanoTime();
      this.home = user.newDirectory();
      this.random = new Random(Long.getLong("cache.seed", 0));
      this.build = new RandomBuild(random, server.hostPort() + "/base", true);
    }

    private void edit() throws IOException {
      build.edit();
      build.write(Files.createDirectories(home.resolve("context")));
      user.own(home.resolve("context"));
    }

    private ExecutorRun executor(String store, String tag, String... flags) {
      ExecutorRun run =
          ExecutorRun.as(user)
              .context(home.resolve("context"))
              .store(home.resolve(store))
              .args("--insecure-registry", server.hostPort())
              .args("--destination", server.hostPort() + "/" + name + ":" + tag)
              .args("--metadata-file", home.resolve(tag + ".json").toString())
              .args(flags);
      build.args().forEach((key, value) -> run.args("--build-arg", key + "=" + value));
      return run;
    }

    private ExecutorRun cached(String tag) {
      return executor("store", tag, "--cache", "--cache-repo=local");
    }

    /** Files and config of an image, without times. */
    private Map<String, String> image(String tag) throws Exception {
      FlatImage image = FlatImage.pull(registry, name, tag);
      Map<String, String> all = new TreeMap<>();
      image.files().forEach((path, node) -> all.put(path, node.describe()));
      ObjectNode config = image.config().deepCopy();
      config.remove(List.of("created", "rootfs"));
      config.get("history").forEach(step -> ((ObjectNode) step).remove("created"));
      all.put("", config.toString());
      return all;
    }

    private void assertSucceeded(ExecutorResult result) {
      assertThat(result.exitCode()).as("%s\n%s", build.dockerfile(), result.output()).isZero();
    }

    private void assertSameAsFresh(String... tags) throws Exception {
      assertSucceeded(executor("fresh", "fresh").run());
      for (String tag : tags) {
        assertThat(image(tag)).as(build.dockerfile()).isEqualTo(image("fresh"));
      }
    }

    /** Every blob is what its name says, every record has its layer, no build has left anything. */
    private void assertConsistent() throws Exception {
      Path store = home.resolve("store");
      assertThat(store.resolve("builds")).isEmptyDirectory();
      Set<String> blobs = new HashSet<>();
      try (Stream<Path> files = Files.list(store.resolve("blobs/sha256"))) {
        for (Path blob : files.toList()) {
          blobs.add(RegistryClient.digest(Files.readAllBytes(blob)));
          assertThat(blobs).contains("sha256:" + blob.getFileName());
        }
      }
      try (Stream<Path> files = Files.list(store.resolve("records"))) {
        for (Path record : files.toList()) {
          assertThat(record.getFileName().toString()).matches("[0-9a-f]{64}");
          Files.readString(record)
              .lines()
              .filter(line -> line.startsWith("digest "))
              .forEach(line -> assertThat(blobs).contains(line.substring("digest ".length())));
        }
      }
    }

    @Override
    public void close() {
      TestUsers.delete(home);
    }
  }

  @ParameterizedTest
  @MethodSource("users")
  void whatCommandsMakeIsWhatItWouldBeWithoutACache(TestUser user) throws Exception {
    try (Bench bench = new Bench(user)) {
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < EDITS; i++) {
        bench.edit();
        ExecutorResult result = bench.cached("cached").run();
        bench.assertSucceeded(result);
        bench.assertSameAsFresh("cached");
        Set<String> hits = new HashSet<>();
        for (JsonNode step :
            new ObjectMapper().readTree(bench.home.resolve("cached.json").toFile()).get("steps")) {
          if (step.get("cached").asBoolean()) {
            hits.add(step.get("stage").asText() + " " + step.get("number").asInt());
          }
        }
        for (RandomBuild.Step step : bench.build.steps()) {
          // What comes after a command that has run is put into its root directory, linked or not.
          if (seen.contains(step.key()) && !step.key().endsWith(" link")) {
            assertThat(hits)
                .as("%s\n%s\n%s", bench.build.dockerfile(), step, result.output())
                .contains(step.stage() + " " + step.number());
          }
        }
        bench.build.steps().forEach(step -> seen.add(step.key()));
      }
    }
  }

  /** Whatever is in the middle of something: the next builds find a store that they can use. */
  @ParameterizedTest
  @MethodSource("users")
  void killedBuildsLeaveNothingStaleAndNothingBehind(TestUser user) throws Exception {
    try (Bench bench = new Bench(user)) {
      for (int killed = 0; killed < KILLS; ) {
        for (int i = 0; i < KILLS_IN_A_ROW; i++, killed++) {
          bench.edit();
          RunningExecutor executor = bench.cached("killed").start();
          Thread.sleep(bench.random.nextInt(3000));
          executor.signal("KILL");
          executor.await();
        }
        RunningExecutor one = bench.cached("one").start();
        RunningExecutor other = bench.cached("other").start();
        bench.assertSucceeded(one.await());
        bench.assertSucceeded(other.await());
        bench.assertSameAsFresh("one", "other");
        bench.assertConsistent();
      }
    }
  }
}
