package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is taken from earlier builds, and what is not; by an ordinary user. */
class CacheIT {
  private static final String DOCKERFILE =
      """
      FROM @REGISTRY@/base AS made
      ARG GIVEN=1
      RUN echo $GIVEN > /given; head -c 16 /dev/urandom > /random
      COPY source /source
      WORKDIR /work/below
      RUN cat /source > copied
      FROM @REGISTRY@/base
      LABEL colour=red
      COPY --from=made /random /work/below/copied /out/
      RUN cat /out/copied > /last; head -c 16 /dev/urandom > /random
      CMD ["x"]
      """;
  private static final int LAYERED = 6;

  private static RegistryServer server;
  private static RegistryClient registry;

  private Executor executor;
  private Path context;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    ImageMaker.system().push(registry, "base", "latest");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    executor = new Executor(TestUsers.withSubIds());
    context = Files.createDirectories(executor.home().resolve("context"));
    write(DOCKERFILE, "source");
  }

  @AfterEach
  void clean() {
    executor.close();
  }

  private void write(String dockerfile, String source) throws IOException {
    Files.writeString(
        context.resolve("Dockerfile"), dockerfile.replace("@REGISTRY@", server.hostPort()));
    Files.writeString(context.resolve("source"), source + "\n");
    executor.user().own(executor.home());
  }

  private String build(Executor by, String tag, String... flags)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("--context", context.toString(), "--cache"));
    all.addAll(List.of("--destination", server.hostPort() + "/app:" + tag));
    all.addAll(List.of("--insecure-registry", server.hostPort()));
    all.addAll(List.of(flags));
    return by.run(all).succeeded().output();
  }

  private String build(String tag, String... flags) throws IOException, InterruptedException {
    return build(executor, tag, flags);
  }

  private static FlatImage image(String tag) throws IOException, InterruptedException {
    return FlatImage.pull(registry, "app", tag);
  }

  private static List<String> cached(String output) {
    return output
        .lines()
        .filter(line -> line.contains("... cached"))
        .map(line -> line.replaceFirst("^\\[[^]]*] ", "").replaceFirst(" ?\\.\\.\\. cached.*", ""))
        .toList();
  }

  @Test
  void whatHasNotChangedIsNotMadeAgain() throws IOException, InterruptedException {
    assertThat(cached(build("a", "--cache-repo=local"))).isEmpty();

    String again = build("b", "--cache-repo=local");
    assertThat(cached(again)).hasSize(LAYERED);
    assertThat(again)
        .contains("sandbox: not needed", "it had every step, and no layer was fetched")
        .doesNotContain("pull ", "extract ");
    assertThat(image("b").files()).isEqualTo(image("a").files());
    build("c", "--cache-repo=local");
    assertThat(image("c").digest())
        .as("nothing of a cached image is new")
        .isEqualTo(image("b").digest());

    write(DOCKERFILE.replace("red", "blue"), "source");
    assertThat(cached(build("d", "--cache-repo=local"))).hasSize(LAYERED);
    assertThat(image("d").config().at("/config/Labels/colour").asText()).isEqualTo("blue");

    write(DOCKERFILE, "other");
    String changed = build("e", "--cache-repo=local");
    assertThat(changed).doesNotContain("it had every step");
    assertThat(cached(changed))
        .containsExactly("RUN echo $GIVEN > /given; head -c 16 /dev/urandom > /random");
    assertThat(image("e").files().get("out/copied").text()).isEqualTo("other\n");
    assertThat(image("e").files().get("out/random"))
        .isEqualTo(image("a").files().get("out/random"));
    assertThat(count(changed, "COPY source /source ... ")).isOne();

    write(DOCKERFILE, "source");
    assertThat(cached(build("f", "--cache-repo=local"))).as("back again").hasSize(LAYERED);
    assertThat(image("f").files()).isEqualTo(image("a").files());

    assertThat(cached(build("g", "--cache-repo=local", "--build-arg=GIVEN=2"))).isEmpty();
    assertThat(cached(build("h", "--cache-repo=local", "--build-arg=UNUSED=2"))).hasSize(LAYERED);
    assertThat(cached(build("i", "--cache-repo=local", "--no-cache"))).isEmpty();
    assertThat(cached(build("j", "--cache-repo=local", "--no-cache-filter=1"))).hasSize(4);
    assertThat(cached(build("k", "--cache-repo=local", "--cache-ttl=0s"))).isEmpty();
    assertThat(cached(build("l", "--cache=false"))).isEmpty();
  }

  @Test
  void oneLayerIsMadeOfCachedSteps() throws IOException, InterruptedException {
    build("many", "--cache-repo=local");
    // Elsewhere, so that no layer is there yet.
    String one = server.hostPort() + "/single:1";
    String output = build("one", "--cache-repo=local", "--single-snapshot", "-d=" + one);

    assertThat(cached(output)).hasSize(LAYERED);
    assertThat(output).contains("sandbox: not needed");
    FlatImage image = FlatImage.pull(registry, "single", "1");
    assertThat(image.files()).isEqualTo(image("many").files());
    assertThat(image.manifest().get("layers").size())
        .isEqualTo(FlatImage.pull(registry, "base", "latest").manifest().get("layers").size() + 1);
  }

  @Test
  void anotherWayToTheSameFilesIsAsGood() throws IOException, InterruptedException {
    String dockerfile =
        """
        FROM @REGISTRY@/base AS made
        RUN echo one > /first && echo same > /file
        FROM @REGISTRY@/base
        COPY --from=made /file /file
        RUN cat /file > /copy
        """;
    write(dockerfile, "source");
    build("same-a", "--cache-repo=local");
    write(dockerfile.replace("echo one", "echo two"), "source");
    assertThat(cached(build("same-b", "--cache-repo=local")))
        .containsExactly("COPY --from=made /file /file", "RUN cat /file > /copy");
    assertThat(cached(build("same-c", "--cache-repo=local"))).hasSize(3);
  }

  @Test
  void aMountOfAPartOfAStageIsKnownByItsFiles() throws IOException, InterruptedException {
    String dockerfile =
        """
        FROM @REGISTRY@/base AS made
        RUN mkdir /out && echo same > /out/file && echo one > /other
        FROM @REGISTRY@/base
        RUN --mount=from=made,source=/out,target=/mnt cat /mnt/file > /copy
        RUN --mount=from=made,target=/all cat /all/out/file > /second
        """;
    write(dockerfile, "source");
    build("part-a", "--cache-repo=local");
    write(dockerfile.replace("echo one", "echo two"), "source");
    String changed = build("part-c", "--cache-repo=local");
    assertThat(cached(changed)).singleElement().asString().contains("source=/out");
    assertThat(image("part-c").files().get("copy").text()).isEqualTo("same\n");
    String again = build("part-d", "--cache-repo=local");
    assertThat(cached(again)).hasSize(3);
    assertThat(again).as("without reading anything").contains("sandbox: not needed");

    write(dockerfile.replace("echo same", "echo other"), "source");
    assertThat(cached(build("part-e", "--cache-repo=local"))).isEmpty();
    assertThat(image("part-e").files().get("copy").text()).isEqualTo("other\n");
    write(dockerfile.replace("mkdir /out", "mkdir -m 700 /out"), "source");
    assertThat(cached(build("part-f", "--cache-repo=local"))).as("another mode").isEmpty();
  }

  @Test
  void whatTwoStagesHaveInCommonRunsOnce() throws IOException, InterruptedException {
    String common = "RUN sleep 0.3; echo one\nRUN sleep 1; echo ran >> /log; echo two\n";
    write(
        "FROM @REGISTRY@/base AS a\n%1$sRUN echo a\nFROM @REGISTRY@/base AS b\n%1$sRUN echo b\n"
                .formatted(common)
            + "FROM @REGISTRY@/base\nCOPY --from=a /log /a\nCOPY --from=b /log /b\n",
        "source");
    String output = build("common", "--cache-repo=local", "--jobs=3");
    assertThat(cached(output))
        .containsExactly("RUN sleep 0.3; echo one", common.lines().toList().get(1));
    assertThat(image("common").files().get("a").text()).isEqualTo("ran\n");
    assertThat(image("common").files().get("b").text()).isEqualTo("ran\n");
  }

  @Test
  void aStepThatTwoStagesHaveInCommonFailsOnce() throws IOException, InterruptedException {
    String common = "RUN sleep 1; echo failing; exit 7\n";
    write(
        "FROM @REGISTRY@/base AS a\n%1$sFROM @REGISTRY@/base AS b\n%1$s".formatted(common)
            + "FROM @REGISTRY@/base\nCOPY --from=a /log /a\nCOPY --from=b /log /b\n",
        "source");
    List<String> flags = List.of("--context", context.toString(), "--cache", "--jobs=3");
    List<String> all = new ArrayList<>(flags);
    all.addAll(List.of("--cache-repo=local", "--no-push"));
    all.addAll(List.of("--insecure-registry", server.hostPort()));
    Commands.Result result = executor.run(all);
    assertThat(result.exitCode()).isOne();
    assertThat(result.output()).contains("exit code 7");
    assertThat(result.output().lines().filter(line -> line.endsWith("] failing"))).hasSize(1);
  }

  @Test
  void machinesShareWhatIsInARegistry() throws IOException, InterruptedException {
    String repository = server.hostPort() + "/shared/" + System.nanoTime();
    build("shared-a", "--cache-repo", repository, "--cache-copy-layers");
    try (Executor other = new Executor(TestUsers.withSubIds())) {
      String output = build(other, "shared-b", "--cache-repo", repository, "--cache-copy-layers");
      assertThat(cached(output)).hasSize(LAYERED);
      assertThat(output)
          .contains("it had every step, and no layer was fetched")
          .doesNotContain("pull ", "extract ");
      assertThat(image("shared-b").files()).isEqualTo(image("shared-a").files());

      // What comes after a change is built on layers that have to be fetched now.
      write(DOCKERFILE, "other");
      String changed =
          build(
              other,
              "shared-c",
              "--cache-repo",
              repository,
              "--cache-copy-layers",
              "--no-push-cache");
      assertThat(cached(changed)).hasSize(1);
      assertThat(image("shared-c").files().get("last").text()).isEqualTo("other\n");
    }
    try (Executor third = new Executor(TestUsers.withSubIds())) {
      assertThat(cached(build(third, "shared-d", "--cache-repo", repository)))
          .as("a cache that is only read gets nothing")
          .hasSize(1);
    }
  }

  @Test
  void cachesAreReadAndWrittenWhereTheFlagsSay() throws IOException, InterruptedException {
    String repository = server.hostPort() + "/places/" + System.nanoTime();
    String local = executor.home().resolve("exported").toString();
    String max = "--cache-to=type=registry,ref=" + repository + ",mode=max";
    String min = "--cache-to=type=local,dest=" + local;
    assertThat(build("places-a", max, "--cache-copy-layers")).doesNotContain("warning: cache");
    assertThat(cached(build("places-b", min, "--cache-copy-layers"))).hasSize(LAYERED);
    try (Executor other = new Executor(executor.user())) {
      String[] from = {"--cache-from=type=registry,ref=" + repository, "--cache-copy-layers"};
      assertThat(cached(build(other, "places-c", from))).hasSize(LAYERED);
      assertThat(image("places-c").digest()).isEqualTo(image("places-b").digest());
    }
    try (Executor other = new Executor(executor.user())) {
      String[] from = {
        "--cache-from=type=local,src=" + local, "--cache-from=" + repository + "/no"
      };
      String output = build(other, "places-d", from);
      assertThat(cached(output)).as("layers of the image, not of the other stage").isEmpty();
      assertThat(output).contains("/no has nothing of this build");
    }
    try (Executor other = new Executor(executor.user())) {
      String[] from = {
        "--cache-from=localhost:1/none", "--cache-from=type=registry,ref=" + repository
      };
      String output = build(other, "places-e", from);
      assertThat(cached(output)).hasSize(LAYERED);
      assertThat(count(output, "localhost:1/none cannot be used")).isOne();
    }
  }

  @Test
  void aCacheThatCannotBeUsedIsNoFailure() throws IOException, InterruptedException {
    String layout = "oci:" + executor.home().resolve("layout");
    build("broken-a", "--cache-repo", layout, "--cache-copy-layers");
    try (Executor other = new Executor(executor.user())) {
      assertThat(cached(build(other, "broken-b", "--cache-repo", layout))).hasSize(LAYERED);
    }
    Files.writeString(executor.home().resolve("layout/index.json"), "{");
    try (Executor other = new Executor(executor.user())) {
      String output = build(other, "broken-c", "--cache-repo", layout);
      assertThat(cached(output)).isEmpty();
      assertThat(count(output, "cannot be used, and the build goes on")).isOne();
    }
    try (Executor other = new Executor(executor.user())) {
      assertThat(build(other, "broken-d", "--cache-repo=localhost:1/none"))
          .contains("cannot be used, and the build goes on");
    }
  }

  @Test
  void whatIsDamagedIsMadeAgain() throws IOException, InterruptedException {
    build("damaged-a", "--cache-repo=local");
    Path blobs = executor.home().resolve("store/blobs/sha256");
    try (Stream<Path> files = Files.list(blobs)) {
      // The base is another matter.
      for (Path blob : files.filter(file -> file.toFile().length() < 10_000).toList()) {
        byte[] bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(blob, bytes);
      }
    }
    // The destination has none of the layers: they have to be read.
    List<String> flags = new ArrayList<>(List.of("--context", context.toString(), "--cache"));
    flags.addAll(List.of("--cache-repo=local", "--insecure-registry", server.hostPort()));
    try (RegistryServer elsewhere = RegistryServer.start()) {
      flags.addAll(List.of("--insecure-registry", elsewhere.hostPort()));
      flags.addAll(List.of("--destination", elsewhere.hostPort() + "/app:damaged"));
      String output = executor.run(flags).succeeded().output();
      assertThat(output).contains("is missing or damaged; the build begins anew");
      FlatImage image = FlatImage.pull(new RegistryClient(elsewhere.hostPort()), "app", "damaged");
      assertThat(image.files().get("last").text()).isEqualTo("source\n");
    }
  }

  @Test
  void whatIsCutOffInTheStoreIsMissedAndMadeAgain() throws IOException, InterruptedException {
    build("cut-a", "--cache-repo=local");
    for (String kind : List.of("records", "indexes", "used", "hints")) {
      truncate(kind, 0);
    }
    assertThat(cached(build("cut-b", "--cache-repo=local"))).isEmpty();
    assertThat(cached(build("cut-c", "--cache-repo=local"))).hasSize(LAYERED);

    // As after a crash: files of extracted layers are empty, blobs are short.
    Path trees = executor.home().resolve("store/trees");
    try (Stream<Path> files = Files.walk(trees)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[0]);
      }
    }
    try (Stream<Path> marks = Files.list(executor.home().resolve("store/used"))) {
      for (Path mark : marks.toList()) {
        String text = Files.readString(mark);
        Files.writeString(mark, text.replaceFirst("\\S+ ", "another-boot "));
      }
    }
    truncate("blobs/sha256", 100);
    write(DOCKERFILE, "other");
    String output = build("cut-d", "--cache-repo=local");
    assertThat(image("cut-d").files().get("last").text()).isEqualTo("other\n");
    assertThat(output).contains("removed the damaged layer").contains("which may be damaged");
    List<String> said = output.lines().filter(line -> line.contains("warning: cache: ")).toList();
    assertThat(said).doesNotHaveDuplicates();
    assertThat(build("cut-e", "--cache-repo=local")).doesNotContain("warning: cache: ");
  }

  /** Cuts all files of one kind off; they stay whose they are. */
  private void truncate(String kind, int length) throws IOException {
    try (Stream<Path> files = Files.list(executor.home().resolve("store").resolve(kind))) {
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, Math.min(length, bytes.length)));
      }
    }
  }

  private static long count(String output, String text) {
    return output.lines().filter(line -> line.contains(text)).count();
  }
}
