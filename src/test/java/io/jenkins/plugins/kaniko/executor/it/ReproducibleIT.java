package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same image from builds by different users, of contexts whose files were made in another order
 * at another time; with gzip and with zstd.
 */
class ReproducibleIT {
  private static final String DOCKERFILE =
      """
      FROM @REGISTRY@/base:1 AS first
      WORKDIR /work/below
      COPY . /context/
      ARG SOURCE_DATE_EPOCH
      RUN mkdir /made; cp /context/b /made/b; touch -d @99 /made/old; echo "$SOURCE_DATE_EPOCH" > /epoch
      FROM @REGISTRY@/base:1
      COPY --from=first /made /epoch /copied/
      RUN echo "<$SOURCE_DATE_EPOCH>" > /undeclared; ls -l --full-time /copied/b > /listed
      """;
  private static final int EPOCH = 1_500_000_000;

  private static RegistryServer server;
  private static RegistryClient registry;

  @BeforeAll
  static void start() throws Exception {
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    BaseImage.busybox().push(server, "base:1");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static Path context(TestUser user, List<String> order, long seconds) throws IOException {
    Path context = ItUsers.context(user, DOCKERFILE.replace("@REGISTRY@", server.hostPort()));
    Path below = Files.createDirectory(context.resolve("below"));
    for (String name : order) {
      Files.writeString(context.resolve(name), name);
      Files.writeString(below.resolve(name), name);
    }
    user.own(context);
    for (String name : order) {
      Files.setLastModifiedTime(context.resolve(name), FileTime.fromMillis(seconds * 1000));
    }
    Files.setLastModifiedTime(below, FileTime.fromMillis(seconds * 1000));
    return context;
  }

  private static FlatImage build(
      TestUser user, Path context, String tag, Map<String, String> environment, String... flags)
      throws Exception {
    return build(ExecutorRun.as(user), context, tag, environment, flags);
  }

  private static FlatImage build(
      ExecutorRun run, Path context, String tag, Map<String, String> environment, String... flags)
      throws Exception {
    run.context(context)
        .args("--destination", server.hostPort() + "/app:" + tag)
        .args("--insecure-registry", server.hostPort())
        .args(flags);
    environment.forEach(run::environment);
    ExecutorResult result = run.run();
    assertThat(result.exitCode()).as(result.output()).isZero();
    return FlatImage.pull(registry, "app", tag);
  }

  private static Set<String> created(FlatImage image) {
    return StreamSupport.stream(image.config().get("history").spliterator(), false)
        .filter(step -> step.path("comment").asText().equals("kaniko-build"))
        .map(step -> step.get("created").asText())
        .collect(Collectors.toSet());
  }

  @Test
  void anEpochMakesEqualImagesEverywhere() throws Exception {
    TestUser root = TestUsers.current();
    TestUser ordinary = TestUsers.withSubIds();
    Path mine = context(root, List.of("a", "b", "c"), 1_600_000_000);
    Path theirs = context(ordinary, List.of("c", "b", "a"), 1_700_000_000);
    try {
      String epoch = String.valueOf(EPOCH);
      FlatImage one = build(root, mine, "one", Map.of(), "--source-date-epoch=" + epoch);
      FlatImage two =
          build(
              ordinary,
              theirs,
              "two",
              Map.of("SOURCE_DATE_EPOCH", "77"),
              "--build-arg=SOURCE_DATE_EPOCH=" + epoch);

      assertThat(two.digest()).isEqualTo(one.digest());
      assertThat(one.config().get("created").asText()).isEqualTo("2017-07-14T02:40:00Z");
      assertThat(created(one)).containsExactly("2017-07-14T02:40:00Z");
      assertThat(one.files().get("copied/b").mtime()).isEqualTo(EPOCH);
      assertThat(one.files().get("copied/old").mtime()).as("an earlier file").isEqualTo(99);
      assertThat(one.files().get("copied/epoch").text()).isEqualTo(epoch + "\n");
      assertThat(one.files().get("undeclared").text()).isEqualTo("<>\n");
      assertThat(one.files().get("listed").text()).contains("2017-07-14 02:40:00");
    } finally {
      TestUsers.delete(mine);
      TestUsers.delete(theirs);
    }
  }

  /**
   * Another machine, as far as a build can see: all that may differ between two, at once.
   *
   * @param rootless with an ordinary user
   * @param overlay or else stages are plain directories
   */
  private record Machine(
      String name,
      boolean rootless,
      boolean overlay,
      String taskset,
      String umask,
      String zone,
      String locale) {
    static final List<Machine> ALL =
        List.of(
            new Machine("small", true, true, "taskset -c 0", "077", "Asia/Kathmandu", "C"),
            new Machine("plain", false, false, "", "002", "America/St_Johns", "C.UTF-8"),
            new Machine("ordinary", false, true, "", "022", "UTC", "C.UTF-8"));

    ExecutorRun run(TestUser user, Path store) {
      String script = "umask " + umask + "; exec " + taskset + " \"$@\"";
      return ExecutorRun.as(user).store(store).prefix("sh", "-c", script, "sh");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd"})
  void theSameInputGivesTheSameBytesOnEveryMachine(String compression) throws Exception {
    TestUser root = TestUsers.root();
    TestUser ordinary = TestUsers.withSubIds();
    // More than one block for each thread, and more than one job of zstd.
    String dockerfile =
        """
        FROM %s/base:1
        COPY . /context/
        RUN for i in 1 2 3 4 5; do echo $i; cat /bin/busybox; done > /many; ln /many /again; \
            mkdir -m 2775 /d; mkfifo /d/p; chown 5:6 /d/p
        """
            .formatted(server.hostPort());
    Path mount = root.newDirectory();
    List<Path> contexts = new ArrayList<>();
    List<String> digests = new ArrayList<>();
    Path plain = mountOverlay(mount);
    try {
      for (Machine machine : Machine.ALL) {
        TestUser user = machine.rootless() ? ordinary : root;
        Path context = context(user, List.of("a", "grüße"), 1_700_000_000L + contexts.size());
        contexts.add(context);
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        Path store = machine.overlay() ? mount.resolve(machine.name()) : plain.resolve("store");
        user.own(Files.createDirectory(store));
        FlatImage image =
            build(
                machine.run(user, store),
                context,
                compression + "-" + machine.name(),
                Map.of("TZ", machine.zone(), "LC_ALL", machine.locale()),
                "--source-date-epoch=" + EPOCH,
                "--compression=" + compression);
        assertThat(image.files()).containsKey("context/grüße").containsKey("again");
        digests.add(image.digest());
      }
      assertThat(digests).containsOnly(digests.get(0));
    } finally {
      contexts.forEach(TestUsers::delete);
      Commands.must("umount", plain.toString());
      TestUsers.delete(mount);
    }
  }

  /** Makes a place for a store where no overlay can be mounted. */
  private static Path mountOverlay(Path mount) throws IOException, InterruptedException {
    for (String directory : List.of("lower", "upper", "work", "merged")) {
      Files.createDirectory(mount.resolve(directory));
    }
    String options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(mount);
    Commands.must("mount", "-t", "overlay", "-o", options, "overlay", mount + "/merged");
    return mount.resolve("merged");
  }

  @Test
  void reproducibleLeavesNoTimeInZstdLayersOnADockerBase() throws Exception {
    TestUser root = TestUsers.current();
    TestUser ordinary = TestUsers.withSubIds();
    Path mine = context(root, List.of("a", "b", "c"), 1000);
    Path theirs = context(ordinary, List.of("c", "b", "a"), 1_700_000_000);
    try {
      FlatImage one =
          build(root, mine, "zstd-one", Map.of(), "--reproducible", "--compression=zstd");
      FlatImage two =
          build(ordinary, theirs, "zstd-two", Map.of(), "--reproducible", "--compression=zstd");

      assertThat(two.digest()).isEqualTo(one.digest());
      assertThat(one.config().get("created").asText()).isEqualTo("1970-01-01T00:00:00Z");
      assertThat(created(one)).containsExactly("1970-01-01T00:00:00Z");
      assertThat(one.files().get("copied/b").mtime()).isZero();
      assertThat(one.files().get("copied/old").mtime()).isZero();
      assertThat(one.files().get("copied/epoch").text()).isEqualTo("\n");
      assertThat(one.manifest().get("mediaType").asText())
          .isEqualTo("application/vnd.oci.image.manifest.v1+json");
      List<String> types =
          StreamSupport.stream(one.manifest().get("layers").spliterator(), false)
              .map((JsonNode layer) -> layer.get("mediaType").asText())
              .toList();
      String layer = "application/vnd.oci.image.layer.v1.tar+";
      assertThat(types).containsExactly(layer + "gzip", layer + "zstd", layer + "zstd");
      assertThat(
              Commands.must(
                  "skopeo",
                  "copy",
                  "--src-tls-verify=false",
                  "docker://" + server.hostPort() + "/app:zstd-one",
                  "oci:" + mine.resolve("layout") + ":it"))
          .contains("Writing manifest");
    } finally {
      TestUsers.delete(mine);
      TestUsers.delete(theirs);
    }
  }

  @Test
  void aCachedLayerOfAnotherCompressionIsNotUsed() throws Exception {
    TestUser user = TestUsers.withSubIds();
    Path context = context(user, List.of("a", "b"), 1000);
    Path store = user.newDirectory().resolve("store");
    try {
      String[] flags = {"--cache", "--cache-repo=local", "--store-dir", store.toString()};
      build(user, context, "gzip", Map.of(), flags);
      String[] zstd = {flags[0], flags[1], flags[2], flags[3], "--compression=zstd"};
      FlatImage first = build(user, context, "zstd", Map.of(), zstd);
      FlatImage again = build(user, context, "again", Map.of(), zstd);
      assertThat(first.manifest().get("layers").findValuesAsText("mediaType"))
          .filteredOn(type -> type.endsWith("zstd"))
          .hasSize(2);
      assertThat(again.manifest().get("layers"))
          .as("zstd layers are kept")
          .isEqualTo(first.manifest().get("layers"));
      String[] level = {flags[0], flags[1], flags[2], flags[3], "--compression-level=9"};
      FlatImage small = build(user, context, "small", Map.of(), level);
      assertThat(small.manifest().toString()).doesNotContain("zstd");
    } finally {
      TestUsers.delete(context);
      TestUsers.delete(store.getParent());
    }
  }
}
