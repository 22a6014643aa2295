package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Base images with layers that not every registry, or not every format, can have. */
class UnusualLayerIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOREIGN =
      "{\"mediaType\":\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\",\"size\":1234,\"digest\":\"sha256:%s\",\"urls\":[\"https://publisher.example/layer\"]}"
          .formatted("1".repeat(64));

  private static TestUser user;
  private static RegistryServer server;
  private static RegistryClient registry;

  @BeforeAll
  static void startRegistry() throws Exception {
    user = TestUsers.current();
    server = RegistryServer.withForeignLayers();
    registry = new RegistryClient(server.hostPort());
    byte[] config =
        "{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:%s\"]}}"
            .formatted(ImageMaker.goArchitecture(), "2".repeat(64))
            .getBytes(StandardCharsets.UTF_8);
    registry.putBlob("foreign", config);
    String type = "application/vnd.docker.distribution.manifest.v2+json";
    registry.putManifest(
        "foreign",
        "1",
        type,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\",\"size\":%d,\"digest\":\"%s\"},\"layers\":[%s]}"
            .formatted(type, config.length, RegistryClient.digest(config), FOREIGN));
    ImageMaker.system()
        .format(ImageMaker.Format.OCI)
        .compression(ImageMaker.Compression.ZSTD)
        .push(registry, "zstd", "1");
  }

  @AfterAll
  static void stopRegistry() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "docker, application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    "oci, application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
  })
  void aForeignLayerStaysWithItsPublisher(String format, String mediaType) throws Exception {
    Path context = ItUsers.context(user, "FROM " + host("foreign:1") + "\nLABEL a=b\n");
    Path layout = user.newDirectory().resolve("layout");
    ExecutorResult built =
        run(context, "out-" + format)
            .args("--image-format=" + format, "--oci-layout-path=" + layout)
            .run();
    assertThat(built.exitCode()).as(built.output()).isZero();
    List<String> push =
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-jar",
            System.getProperty("executor.jar"),
            "push",
            layout.toString(),
            "--destination=" + host("again-" + format + ":1"),
            "--insecure-registry=" + server.hostPort());
    Commands.run(Path.of("."), Map.of(), push).succeeded();

    JsonNode layers = manifest("out-" + format).path("layers");
    assertThat(layers).hasSize(1);
    assertThat(layers.path(0).path("mediaType").asText()).isEqualTo(mediaType);
    assertThat(layers.path(0).path("urls")).isEqualTo(JSON.readTree(FOREIGN).path("urls"));
    assertThat(layers.path(0).path("digest")).isEqualTo(JSON.readTree(FOREIGN).path("digest"));
    assertThat(manifest("again-" + format).path("layers").path(0).path("urls")).hasSize(1);
    TestUsers.delete(context);
    TestUsers.delete(layout.getParent());
  }

  @Test
  void whoNeedsTheFilesOfAForeignLayerIsToldWhoHasThem() throws Exception {
    Path context = ItUsers.context(user, "FROM " + host("foreign:1") + "\nCOPY Dockerfile /\n");
    ExecutorResult result = run(context, "none").run();

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.output()).contains("it is a foreign layer, which only its publisher has");
    TestUsers.delete(context);
  }

  /** Before anything is built: the first step would fail. */
  @Test
  void aBaseThatDockersFormatCannotHaveIsRefusedFirst() throws Exception {
    Path context =
        ItUsers.context(user, "FROM " + host("zstd:1") + " AS a\nRUN exit 7\nFROM a\nRUN exit 8\n");
    ExecutorResult result = run(context, "none").args("--image-format=docker").run();

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.output())
        .contains("Dockerfile:1: tried to use --image-format docker on " + host("zstd:1"))
        .contains("no media type for zstd layers; use the OCI format, or a base image with gzip");
    TestUsers.delete(context);
  }

  @Test
  void aDestinationForAStageIsRefusedWithWhatToDo() throws Exception {
    Path context = ItUsers.context(user, "FROM scratch AS a\nLABEL a=b\n");
    ExecutorResult result =
        ExecutorRun.as(user).context(context).args("--destination=a=" + host("x:1")).run();

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.output()).contains("one stage is pushed: build several with one --target");
    TestUsers.delete(context);
  }

  private static ExecutorRun run(Path context, String repository) {
    return ExecutorRun.as(user)
        .context(context)
        .args("--destination=" + host(repository + ":1"))
        .args("--insecure-registry=" + server.hostPort());
  }

  private static String host(String rest) {
    return server.hostPort() + "/" + rest;
  }

  private static JsonNode manifest(String repository) throws Exception {
    return JSON.readTree(registry.manifest(repository, "1").body());
  }
}
