package io.jenkins.plugins.kaniko.executor.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The config of an image, read and changed without loss. */
class ImageConfigTest {
  @Test
  void everyFieldIsRead() throws IOException {
    ImageConfig config = everything();
    assertThat(config.env())
        .containsExactly(entry("PATH", "/bin"), entry("EMPTY", ""), entry("URL", "a=b"));
    assertThat(config.user()).contains("1000:1000");
    assertThat(config.workingDir()).contains("/srv");
    assertThat(config.entrypoint()).contains(List.of("/entry"));
    assertThat(config.cmd()).isEmpty();
    assertThat(config.labels()).containsExactly(entry("one", "1"));
    assertThat(config.exposedPorts()).containsExactly("80/tcp");
    assertThat(config.volumes()).containsExactly("/data");
    assertThat(config.shell()).contains(List.of("/bin/bash", "-c"));
    assertThat(config.stopSignal()).contains("SIGUSR1");
    assertThat(config.onBuild()).containsExactly("RUN true");
    assertThat(config.healthcheck().orElseThrow().path("StartInterval").asLong())
        .isEqualTo(5_000_000_000L);
    assertThat(config.platform()).isEqualTo(Platform.parse("linux/amd64"));
    assertThat(config.created()).contains(Instant.parse("2024-05-01T08:20:30.123456789Z"));
    assertThat(config.author()).contains("somebody");
    assertThat(config.history().get(0).createdBy()).isEqualTo("RUN true");
    assertThat(config.history().get(0).emptyLayer()).isTrue();
  }

  @Test
  void aChangeTouchesNothingElse() throws IOException {
    ImageConfig before = everything();
    ImageConfig after = before.toBuilder().stopSignal("SIGTERM").build();

    ObjectNode expected = before.toJson();
    expected.withObject("config").put("StopSignal", "SIGTERM");
    assertThat(after.toJson()).isEqualTo(expected);
    assertThat(new String(after.toBytes(), StandardCharsets.UTF_8))
        .contains(
            "\"ratio\":1.50", "\"ArgsEscaped\":true", "\"vendor\":1", "\"os.version\":\"1.2\"");
    assertThat(before.stopSignal()).contains("SIGUSR1");
  }

  @Test
  void everyFieldCanBeChanged() throws IOException {
    ObjectNode check = everything().healthcheck().orElseThrow().put("Retries", 9);
    ImageConfig config =
        everything().toBuilder()
            .env("EMPTY", "no more")
            .env("NEW", "x")
            .user("root")
            .workingDir("/w")
            .entrypoint(Optional.empty())
            .cmd(Optional.of(List.of()))
            .label("two", "2")
            .exposedPort("53/udp")
            .volume("/more")
            .shell(List.of("/bin/sh"))
            .onBuild(List.of())
            .healthcheck(check)
            .platform(Platform.parse("linux/arm/v6"))
            .created(Instant.EPOCH)
            .author("me")
            .build();
    assertThat(config.env())
        .containsExactly(
            entry("PATH", "/bin"),
            entry("EMPTY", "no more"),
            entry("URL", "a=b"),
            entry("NEW", "x"));
    assertThat(config.user()).contains("root");
    assertThat(config.workingDir()).contains("/w");
    assertThat(config.entrypoint()).isEmpty();
    assertThat(config.cmd()).contains(List.of());
    assertThat(config.labels()).containsExactly(entry("one", "1"), entry("two", "2"));
    assertThat(config.exposedPorts()).containsExactly("80/tcp", "53/udp");
    assertThat(config.volumes()).containsExactly("/data", "/more");
    assertThat(config.shell()).contains(List.of("/bin/sh"));
    assertThat(config.onBuild()).isEmpty();
    assertThat(config.healthcheck()).contains(check);
    assertThat(config.platform()).hasToString("linux/arm/v6");
    assertThat(config.created()).contains(Instant.EPOCH);
    assertThat(config.author()).contains("me");
    assertThat(config.toJson().at("/config/VendorKey/ratio").asText()).isEqualTo("1.50");
  }

  @Test
  void layersAndHistoryGrowTogether() {
    Digest diffId = Digest.sha256(new byte[] {1});
    History copy = History.of(Instant.EPOCH, "COPY a b", Optional.of("why"), false);
    History env = History.of(Instant.EPOCH, "ENV a=b", Optional.empty(), true);
    ImageConfig config =
        ImageConfig.scratch(Platform.parse("linux/amd64")).toBuilder()
            .history(env)
            .layer(diffId, copy)
            .build();
    assertThat(config.diffIds()).containsExactly(diffId);
    assertThat(config.history()).containsExactly(env, copy);
    assertThat(config.history().get(1).comment()).contains("why");
    assertThat(ImageConfig.parse(config.toBytes())).isEqualTo(config);
  }

  @Test
  void nullsOfOldConfigsAreNoObstacle() {
    byte[] json =
        "{\"config\":{\"Env\":null,\"Labels\":null,\"Cmd\":\"/bin/sh\"},\"rootfs\":null,\"history\":null}"
            .getBytes(StandardCharsets.UTF_8);
    ImageConfig config = ImageConfig.parse(json);
    assertThat(config.env()).isEmpty();
    assertThat(config.cmd()).contains(List.of("/bin/sh"));
    assertThat(config.diffIds()).isEmpty();
    assertThat(config.platform()).isEqualTo(Platform.current());
    Digest diffId = Digest.sha256(new byte[0]);
    ImageConfig changed =
        config.toBuilder()
            .env("A", "b")
            .label("k", "v")
            .layer(diffId, History.of(Instant.EPOCH, "x", Optional.empty(), false))
            .build();
    assertThat(changed.env()).containsExactly(entry("A", "b"));
    assertThat(changed.labels()).containsExactly(entry("k", "v"));
    assertThat(changed.diffIds()).containsExactly(diffId);
  }

  @Test
  void aDiffIdThatIsNoDigestIsRefused() {
    byte[] json = "{\"rootfs\":{\"diff_ids\":[\"../../etc\"]}}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ImageConfig.parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'../../etc' is not a digest");
  }

  private static ImageConfig everything() throws IOException {
    try (InputStream in =
        ImageConfigTest.class.getResourceAsStream("/oci/config-with-everything.json")) {
      return ImageConfig.parse(in.readAllBytes());
    }
  }
}
