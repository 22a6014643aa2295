package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a built image goes, and the files that tell of it; by an ordinary user. */
class OutputIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static RegistryServer server;
  private static RegistryServer second;
  private static RegistryClient registry;
  private static RegistryClient elsewhere;

  private Executor executor;
  private Path out;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = RegistryServer.start();
    second = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    elsewhere = new RegistryClient(second.hostPort());
    BaseImageSet.push(registry);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    second.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    executor = new Executor(TestUsers.withSubIds());
    out = executor.home().resolve("out");
  }

  @AfterEach
  void clean() {
    executor.close();
  }

  private Commands.Result build(String dockerfile, List<String> flags)
      throws IOException, InterruptedException {
    Path context = Files.createDirectories(executor.home().resolve("context"));
    Files.writeString(
        context.resolve("Dockerfile"), dockerfile.replace("@REGISTRY@", server.hostPort()));
    executor.user().own(executor.home());
    List<String> all = new ArrayList<>(List.of("--context", context.toString()));
    all.addAll(List.of("--insecure-registry", server.hostPort()));
    all.addAll(List.of("--insecure-registry", second.hostPort()));
    all.addAll(flags);
    return executor.run(all);
  }

  @Test
  void anArchiveIsReadBySkopeo() throws IOException, InterruptedException {
    Path tar = out.resolve("image.tar");
    build(
            "FROM @REGISTRY@/base\nCOPY Dockerfile /\nRUN echo x > /x",
            List.of("--no-push", "-d", "example.org/team/app:1", "--tar-path", tar.toString()))
        .succeeded();
    Path copy = Files.createDirectories(executor.home().resolve("copy"));
    Commands.must("skopeo", "copy", "-q", "docker-archive:" + tar, "oci:" + copy + ":it");
    Judges.unpack(copy + ":it", executor.home().resolve("bundle"));
    assertThat(executor.home().resolve("bundle/rootfs/x")).hasContent("x\n");
    assertThat(Commands.must("tar", "-xOf", tar.toString(), "manifest.json"))
        .contains("\"RepoTags\":[\"example.org/team/app:1\"]");
  }

  @Test
  void aLayoutIsReadBySkopeoAndUmociAndCanBeWrittenAgain()
      throws IOException, InterruptedException {
    Path layout = out.resolve("layout");
    List<String> flags =
        List.of("--no-push", "-d", "example.org/app:1", "--oci-layout-path", layout.toString());
    build("FROM @REGISTRY@/base\nRUN echo first > /x", flags).succeeded();
    build("FROM @REGISTRY@/base\nRUN echo second > /x", flags).succeeded();
    Judges.unpack(layout + ":1", executor.home().resolve("bundle"));
    assertThat(executor.home().resolve("bundle/rootfs/x")).hasContent("second\n");
    Commands.must(
        "skopeo", "copy", "-q", "oci:" + layout + ":1", "docker-archive:" + out.resolve("t"));
    try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
      for (Path blob : blobs.toList()) {
        assertThat(RegistryClient.digest(Files.readAllBytes(blob)))
            .isEqualTo("sha256:" + blob.getFileName());
      }
    }
  }

  @Test
  void filesNameWhatWasPushedToEveryDestination() throws IOException, InterruptedException {
    String one = server.hostPort() + "/out/one";
    String two = second.hostPort() + "/out/two";
    List<String> flags = new ArrayList<>();
    for (String destination : List.of(one + ":a", one + ":b", two + ":a")) {
      flags.addAll(List.of("--destination", destination));
    }
    flags.addAll(List.of("--digest-file", out + "/digest"));
    flags.addAll(List.of("--image-name-with-digest-file", out + "/names"));
    flags.addAll(List.of("--image-name-tag-with-digest-file", out + "/tags"));
    flags.addAll(List.of("--metadata-file", out + "/metadata"));
    build("FROM @REGISTRY@/base\nRUN echo x > /x", flags).succeeded();
    String digest = FlatImage.pull(registry, "out/one", "a").digest();
    assertThat(FlatImage.pull(registry, "out/one", "b").digest()).isEqualTo(digest);
    assertThat(FlatImage.pull(elsewhere, "out/two", "a").digest()).isEqualTo(digest);
    assertThat(Files.readString(out.resolve("digest"))).isEqualTo(digest);
    assertThat(Files.readAllLines(out.resolve("names")))
        .containsExactly(one + "@" + digest, one + "@" + digest, two + "@" + digest);
    assertThat(Files.readAllLines(out.resolve("tags")))
        .containsExactly(one + ":a@" + digest, one + ":b@" + digest, two + ":a@" + digest);
    JsonNode metadata = JSON.readTree(out.resolve("metadata").toFile());
    assertThat(metadata.toString()).contains(digest);
    Judges.accept(two + ":a", FlatImage.pull(elsewhere, "out/two", "a"));
  }

  @Test
  void nothingIsPushedWithNoPush() throws IOException, InterruptedException {
    String destination = server.hostPort() + "/nopush/app:1";
    build(
            "FROM @REGISTRY@/base\nENV A=b",
            List.of("--no-push", "-d", destination, "--digest-file", out + "/digest"))
        .succeeded();
    assertThat(registry.manifest("nopush/app", "1").statusCode()).isEqualTo(404);
    assertThat(Files.readString(out.resolve("digest"))).startsWith("sha256:");
  }

  @Test
  void layersOfTheBaseAreMountedAndNeverFetchedForThemselves()
      throws IOException, InterruptedException {
    String destination = server.hostPort() + "/mounted/app:1";
    Commands.Result built =
        build("FROM @REGISTRY@/base\nENV A=b", List.of("--destination", destination)).succeeded();
    assertThat(built.output()).contains("mounted from base").doesNotContain("pull ");
    FlatImage.pull(registry, "mounted/app", "1");
    Commands.Result again =
        build("FROM @REGISTRY@/base\nENV A=c", List.of("--destination", destination)).succeeded();
    assertThat(again.output()).contains("already there");
  }

  @Test
  void aBaseOfAnotherRegistryIsUploaded() throws IOException, InterruptedException {
    String destination = second.hostPort() + "/uploaded/app:1";
    build("FROM @REGISTRY@/stacked:docker\nENV A=b", List.of("--destination", destination))
        .succeeded();
    FlatImage image = FlatImage.pull(elsewhere, "uploaded/app", "1");
    assertThat(image.manifest().get("layers")).hasSize(4);
    Judges.accept(destination, image);
  }

  @Test
  void aBaseLayerThatIsGoneIsAnErrorOfTheRegistry() throws IOException, InterruptedException {
    ImageMaker maker = new ImageMaker().layer(new ImageMaker.Layer().file("lost", "lost"));
    maker.push(registry, "lossy", "latest");
    String digest =
        FlatImage.pull(registry, "lossy", "latest").manifest().at("/layers/0/digest").textValue();
    registry.deleteBlob("lossy", digest);
    Commands.Result result =
        build(
            "FROM @REGISTRY@/lossy\nENV A=b",
            List.of("--destination", second.hostPort() + "/lossy:1"));
    assertThat(result.exitCode()).as(result.output()).isEqualTo(3);
    assertThat(result.output()).contains(digest.substring(7, 19));
    assertThat(elsewhere.manifest("lossy", "1").statusCode()).isEqualTo(404);
  }

  @Test
  void theFormatOfTheBaseIsKept() throws IOException, InterruptedException {
    for (String tag : List.of("latest", "oci")) {
      build(
              "FROM @REGISTRY@/base:" + tag + "\nCOPY Dockerfile /",
              List.of("--destination", server.hostPort() + "/format/app:" + tag))
          .succeeded();
      assertThat(
              FlatImage.pull(registry, "format/app", tag).manifest().get("mediaType").textValue())
          .contains(tag.equals("oci") ? "vnd.oci.image.manifest" : "vnd.docker.distribution");
    }
  }

  @Test
  void theImageOfTheAskedPlatformIsTaken() throws IOException, InterruptedException {
    ImageMaker.pushIndex(registry, "many", List.of("arm64", "amd64"));
    for (String architecture : List.of("arm64", "amd64")) {
      String tag = architecture;
      build(
              "FROM --platform=linux/" + architecture + " @REGISTRY@/many\nCOPY Dockerfile /",
              List.of("--destination", server.hostPort() + "/platform/app:" + tag))
          .succeeded();
      FlatImage image = FlatImage.pull(registry, "platform/app", tag);
      assertThat(image.files()).containsKey("is-" + architecture);
      assertThat(image.config().get("architecture").textValue()).isEqualTo(architecture);
    }
    Commands.Result missing =
        build(
            "FROM --platform=linux/s390x @REGISTRY@/many\nCOPY Dockerfile /", List.of("--no-push"));
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.output()).contains("linux/arm64").contains("linux/s390x");
  }
}
