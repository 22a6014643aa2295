package io.jenkins.plugins.kaniko.executor.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests, indexes and what they point to. */
class ManifestTest {
  private static final Digest DIGEST = Digest.sha256(new byte[0]);
  private static final Descriptor CONFIG = Descriptor.of(MediaTypes.DOCKER_CONFIG, DIGEST, 2);

  @ParameterizedTest
  @CsvSource({
    "application/vnd.docker.image.rootfs.diff.tar.gzip,application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar,application/vnd.oci.image.layer.v1.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip,application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
  })
  void aManifestSpeaksOneFormatOnly(String docker, String oci) {
    for (String given : List.of(docker, oci)) {
      List<Descriptor> layers = List.of(Descriptor.of(given, DIGEST, 1));
      Manifest inDocker = Manifest.create(ImageFormat.DOCKER, CONFIG, layers);
      Manifest inOci = Manifest.create(ImageFormat.OCI, CONFIG, layers);
      assertThat(inDocker.mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
      assertThat(inDocker.config().mediaType()).isEqualTo(MediaTypes.DOCKER_CONFIG);
      assertThat(inDocker.layers().get(0).mediaType()).isEqualTo(docker);
      assertThat(inOci.mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
      assertThat(inOci.config().mediaType()).isEqualTo(MediaTypes.OCI_CONFIG);
      assertThat(inOci.layers().get(0).mediaType()).isEqualTo(oci);
    }
  }

  @Test
  void zstdNeedsTheOciFormat() {
    List<Descriptor> layers = List.of(Descriptor.of(MediaTypes.OCI_LAYER_ZSTD, DIGEST, 1));
    assertThat(Manifest.create(ImageFormat.OCI, CONFIG, layers).layers()).isEqualTo(layers);
    assertThatThrownBy(() -> Manifest.create(ImageFormat.DOCKER, CONFIG, layers))
        .hasMessageContaining("use the OCI format");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsRead(ImageFormat format) {
    Manifest manifest =
        Manifest.create(
            format, CONFIG, List.of(Descriptor.of(MediaTypes.OCI_LAYER_GZIP, DIGEST, 3)));
    Manifest read = Manifest.parse(manifest.toBytes());
    assertThat(read.toBytes()).isEqualTo(manifest.toBytes());
    assertThat(read.format()).isEqualTo(format);
    assertThat(read.config()).isEqualTo(manifest.config());
    assertThat(read.layers()).isEqualTo(manifest.layers());
    assertThat(read.digest()).isEqualTo(Digest.sha256(manifest.toBytes()));
  }

  @Test
  void annotationsBelongToOci() {
    Map<String, String> annotations = Map.of("a", "b");
    assertThat(
            Manifest.create(ImageFormat.OCI, CONFIG, List.of(), annotations)
                .toJson()
                .at("/annotations/a")
                .asText())
        .isEqualTo("b");
    assertThatThrownBy(() -> Manifest.create(ImageFormat.DOCKER, CONFIG, List.of(), annotations))
        .hasMessageContaining("use the OCI format");
  }

  @Test
  void bytesAndUnknownFieldsOfWhatWasReadAreKept() {
    String json =
        """
        { "schemaVersion": 2, "subject": {"x": 1.0},
          "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": "%1$s"},
          "layers": [ {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 3, "digest": "%1$s",
                       "annotations": {"k": "v"}, "urls": ["u"], "artifactType": "t"} ] }
        """
            .formatted(DIGEST);
    Manifest manifest = Manifest.parse(bytes(json));
    assertThat(manifest.toBytes()).isEqualTo(bytes(json));
    assertThat(manifest.format()).isEqualTo(ImageFormat.DOCKER);
    Descriptor layer = manifest.layers().get(0);
    assertThat(layer.annotation("k")).contains("v");
    assertThat(Manifest.create(ImageFormat.OCI, CONFIG, List.of(layer)).layers().get(0).toJson())
        .isEqualTo(layer.toJson());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"schemaVersion\":1}",
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+prettyjws\"}",
        "{\"schemaVersion\":2,\"mediaType\":\"text/html\",\"config\":{}}",
        "{\"schemaVersion\":2,\"manifests\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"size\":-1,\"digest\":\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"size\":1}}"
      })
  void whatIsNoManifestIsRefused(String json) {
    assertThatThrownBy(() -> Manifest.parse(bytes(json)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anIndexPrefersTheExactPlatformAndSkipsWhatIsNoImage() {
    ImageIndex index =
        index(
            entry("a", "unknown", "unknown", ""),
            entry("b", "linux", "arm", ",\"artifactType\":\"x\""),
            entry(
                "c",
                "linux",
                "amd64",
                ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"),
            entry("d", "linux", "arm", ""),
            entry("e", "linux", "amd64", ""));
    assertThat(selected(index, "linux/amd64")).contains("e");
    assertThat(selected(index, "linux/amd64/v3")).contains("e");
    assertThat(selected(index, "linux/arm/v7")).contains("d");
    assertThat(selected(index, "linux/arm/v6")).isEmpty();
    assertThat(selected(index, "linux/s390x")).isEmpty();
    assertThat(index.manifests()).hasSize(5);
    assertThat(index.platforms()).hasToString("[linux/arm/v7, linux/amd64]");
  }

  @Test
  void anEntryWithoutPlatformIsTheLastResort() {
    String bare = entry("f", "", "", "").replaceFirst(",\"platform\":\\{[^}]*}", "");
    assertThat(selected(index(bare, entry("e", "linux", "amd64", "")), "linux/amd64"))
        .contains("e");
    assertThat(selected(index(bare), "linux/amd64")).contains("f");
  }

  private static Optional<String> selected(ImageIndex index, String platform) {
    return index
        .select(Platform.parse(platform))
        .map(descriptor -> descriptor.digest().hex().substring(0, 1));
  }

  private static String entry(String letter, String os, String architecture, String more) {
    return "{\"mediaType\":\"%s\",\"size\":1,\"digest\":\"sha256:%s\",\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}%s}"
        .formatted(MediaTypes.OCI_MANIFEST, letter.repeat(64), os, architecture, more);
  }

  private static ImageIndex index(String... entries) {
    return ImageIndex.parse(
        bytes("{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
