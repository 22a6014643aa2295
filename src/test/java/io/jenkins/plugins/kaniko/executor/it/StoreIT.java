package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a store keeps, and how it is cleared. */
class StoreIT {
  private static final String DOCKERFILE =
      """
      FROM %s/base
      RUN --mount=type=cache,target=/cache mkdir /cache/d && chown -R 1000:1001 /cache/d
      RUN mkdir -p /own/below && echo x > /own/below/file && chown -R 1000:1001 /own && chmod 700 /own
      """;

  private static RegistryServer server;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = RegistryServer.start();
    ImageMaker.system().push(new RegistryClient(server.hostPort()), "base", "latest");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  private static Commands.Result build(Executor executor, String dockerfile, String... flags)
      throws IOException, InterruptedException {
    Path context = Files.createDirectories(executor.home().resolve("context"));
    Files.writeString(context.resolve("Dockerfile"), dockerfile.formatted(server.hostPort()));
    executor.user().own(context);
    List<String> all = new ArrayList<>(List.of("--context", context.toString(), "--cache"));
    all.addAll(List.of("--insecure-registry", server.hostPort()));
    all.addAll(List.of(flags));
    return executor.run(all).succeeded();
  }

  private static Map<String, Integer> usage(Executor executor)
      throws IOException, InterruptedException {
    JsonNode usage =
        new ObjectMapper()
            .readTree(executor.command("du", "--log-format=json").succeeded().output());
    Map<String, Integer> entries = new java.util.TreeMap<>();
    usage.get("kinds").forEach(k -> entries.put(k.get("kind").asText(), k.get("entries").asInt()));
    assertThat(entries.values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(usage.get("entries").asInt());
    return entries;
  }

  @ParameterizedTest
  @MethodSource("users")
  void whatIsKeptIsToldAndCleared(TestUser user) throws IOException, InterruptedException {
    try (Executor executor = new Executor(user)) {
      assertThat(executor.command("prune", "--all").succeeded().output())
          .startsWith("removed 0 entries");
      assertThat(executor.home().resolve("store")).doesNotExist();

      build(executor, DOCKERFILE, "--no-push");
      assertThat(usage(executor))
          .isEqualTo(
              Map.of(
                  "layers", 2,
                  "extracted layers", 2,
                  "layer indexes", 0,
                  "cache records", 2,
                  "Dockerfiles seen", 1,
                  "cache mounts", 1));
      String table = executor.command("du").succeeded().output();
      assertThat(table.lines()).hasSize(7).last().asString().startsWith("all ").endsWith("MB");

      assertThat(executor.command("prune", "--max-age=1h").succeeded().output())
          .startsWith("removed 0 entries, 0 B");
      assertThat(build(executor, DOCKERFILE, "--no-push").output()).contains("... cached");
      assertThat(executor.command("prune", "--all").succeeded().output())
          .startsWith("removed 8 entries");
      assertThat(usage(executor).values()).containsOnly(0);
      for (String name : List.of("trees", "blobs/sha256", "builds", "records")) {
        assertThat(executor.home().resolve("store").resolve(name)).isEmptyDirectory();
      }

      String output = build(executor, DOCKERFILE, "--no-push", "--store-size-limit=2kB").output();
      assertThat(output).doesNotContain("cached").contains("store: removed ");
      assertThat(usage(executor))
          .containsEntry("cache records", 2)
          .containsEntry("extracted layers", 1);
    }
  }

  @ParameterizedTest
  @MethodSource("users")
  void aDamagedLayerOfABaseIsFetchedAnew(TestUser user) throws IOException, InterruptedException {
    try (Executor executor = new Executor(user);
        RegistryServer elsewhere = RegistryServer.start()) {
      String[] push = {
        "--destination=" + elsewhere.hostPort() + "/app",
        "--insecure-registry=" + elsewhere.hostPort()
      };
      String copy = "FROM %s/base\nCOPY Dockerfile /bin/copied\n";
      build(executor, copy, "--no-push");
      assertThat(build(executor, copy.replace("copied", "again"), "--no-push").output())
          .as("the index answers for the base")
          .doesNotContain("pull ");
      Path blobs = executor.home().resolve("store/blobs/sha256");
      try (Stream<Path> files = Files.list(blobs)) {
        for (Path blob : files.filter(file -> file.toFile().length() > 10_000).toList()) {
          byte[] bytes = Files.readAllBytes(blob);
          bytes[bytes.length / 2] ^= 0x55;
          Files.write(blob, bytes);
        }
      }
      String output = build(executor, copy.replace("copied", "third"), push).output();
      assertThat(output.lines().filter(line -> line.contains("removed the damaged layer")))
          .hasSize(1);
      assertThat(output).contains("pull ");
      FlatImage image = FlatImage.pull(new RegistryClient(elsewhere.hostPort()), "app", "latest");
      assertThat(image.files()).containsKey("bin/third");
    }
  }

  @Test
  void aBaseIsPulledAgainOnlyWhenItsTagHasMoved() throws IOException, InterruptedException {
    String dockerfile = "FROM %s/moving\nRUN cat /version\n";
    try (Executor executor = new Executor(TestUsers.withSubIds())) {
      moveBase("one");
      assertThat(pulled(build(executor, dockerfile, "--no-push"))).isEqualTo(2);
      String changed = dockerfile.replace("cat", "cat /version");
      Commands.Result ran = build(executor, changed, "--no-push");
      assertThat(ran.output()).doesNotContain("... cached").contains("] one");
      assertThat(pulled(ran)).as("it has not moved").isZero();

      moveBase("two");
      Commands.Result moved = build(executor, dockerfile, "--no-push");
      assertThat(moved.output()).doesNotContain("... cached").contains("] two");
      assertThat(pulled(moved)).as("the layer that is new").isOne();
      Commands.Result again = build(executor, dockerfile, "--no-push");
      assertThat(again.output()).contains("... cached");
      assertThat(pulled(again)).isZero();

      moveBase("one");
      Commands.Result back = build(executor, dockerfile, "--no-push");
      assertThat(back.output()).contains("... cached");
      assertThat(pulled(back)).isZero();
    }
  }

  /** Gives the tag to a base whose upper layer says this. */
  private static void moveBase(String version) throws IOException, InterruptedException {
    ImageMaker.Layer layer = new ImageMaker.Layer().file("version", version + "\n");
    ImageMaker.system()
        .layer(layer)
        .push(new RegistryClient(server.hostPort()), "moving", "latest");
  }

  private static long pulled(Commands.Result result) {
    return result.output().lines().filter(line -> line.startsWith("pull ")).count();
  }
}
