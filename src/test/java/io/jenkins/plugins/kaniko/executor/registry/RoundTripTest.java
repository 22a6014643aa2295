package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pull and push against a real registry. */
class RoundTripTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");

  private static RegistryServer server;
  private static Registry registry;

  @TempDir private Path directory;

  @BeforeAll
  static void open(@TempDir Path empty) throws Exception {
    server = RegistryServer.start();
    registry =
        Registries.open(
            RegistryOptions.builder()
                .insecureRegistry(server.hostPort())
                .dockerConfig(empty)
                .build());
  }

  @AfterAll
  static void close() throws IOException {
    registry.close();
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void anImageComesBackByteForByte(ImageFormat format) throws Exception {
    TestImage image = TestImage.of(1, format, "linux/amd64");
    ImageReference target =
        reference("round/" + format.name().toLowerCase(java.util.Locale.ROOT) + ":1");

    image.push(registry, target);
    ResolvedImage pulled = registry.resolve(target, AMD64);

    assertThat(pulled.manifest().toBytes()).isEqualTo(image.manifest().toBytes());
    assertThat(pulled.manifest().format()).isEqualTo(format);
    assertThat(pulled.manifestDigest()).isEqualTo(image.manifest().digest());
    assertThat(pulled.config().toBytes()).isEqualTo(image.config());
    assertThat(pulled.platformMatches()).isTrue();
    assertThat(fetch(target, image.layerDescriptor())).isEqualTo(image.layer());
  }

  @Test
  void everythingInAConfigSurvives() throws Exception {
    byte[] config;
    try (InputStream in = getClass().getResourceAsStream("/oci/config-with-everything.json")) {
      config = in.readAllBytes();
    }
    TestImage image = TestImage.of(ImageFormat.DOCKER, config, TestImage.noise(7, 100));
    ImageReference target = reference("config:everything");

    image.push(registry, target);

    assertThat(registry.resolve(target, AMD64).config().toJson())
        .isEqualTo(io.jenkins.plugins.kaniko.executor.oci.ImageConfig.parse(config).toJson())
        .hasToString(
            new String(config, StandardCharsets.UTF_8)
                .replaceAll("\\s*\\n\\s*", "")
                .replace("\": ", "\":"));
  }

  @Test
  void anIndexIsFollowedByPlatformPastItsArtifacts() throws Exception {
    TestImage amd64 = TestImage.of(10, ImageFormat.OCI, "linux/amd64");
    TestImage arm = TestImage.of(11, ImageFormat.OCI, "linux/arm/v7");
    amd64.push(registry, reference("multi:amd64"));
    arm.push(registry, reference("multi:arm"));
    TestImage attestation = TestImage.of(12, ImageFormat.OCI, "linux/amd64");
    attestation.push(registry, reference("multi:attestation"));
    String index =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"artifactType\":\"application/x\",\"manifests\":[%s,%s,%s]}"
            .formatted(
                MediaTypes.OCI_INDEX,
                entry(
                    attestation.manifest(),
                    "unknown",
                    "unknown",
                    ",\"artifactType\":\"application/vnd.docker.attestation.manifest.v1+json\""),
                entry(arm.manifest(), "linux", "arm", ""),
                entry(amd64.manifest(), "linux", "amd64", ",\"annotations\":{\"a\":\"b\"}"));
    putManifest("multi", "latest", MediaTypes.OCI_INDEX, index);

    ImageReference multi = reference("multi:latest");
    assertThat(registry.resolve(multi, AMD64).manifestDigest())
        .isEqualTo(amd64.manifest().digest());
    assertThat(registry.resolve(multi, Platform.parse("linux/arm/v8")).manifestDigest())
        .isEqualTo(arm.manifest().digest());
    assertFails(Kind.WRONG_PLATFORM, () -> registry.resolve(multi, Platform.parse("linux/s390x")))
        .hasMessageContaining("linux/s390x")
        .hasMessageContaining("only for linux/arm/v7, linux/amd64");
  }

  @Test
  void aSingleImageForAnotherPlatformIsTheCallersDecision() throws Exception {
    TestImage image = TestImage.of(20, ImageFormat.OCI, "linux/arm64");
    image.push(registry, reference("single:arm64"));

    ResolvedImage pulled = registry.resolve(reference("single:arm64"), AMD64);

    assertThat(pulled.platformMatches()).isFalse();
    assertFails(Kind.WRONG_PLATFORM, () -> pulled.requirePlatform(AMD64))
        .hasMessageContaining("it is an image for linux/arm64");
  }

  @Test
  void anImageIsFoundByItsDigest() throws Exception {
    TestImage image = TestImage.of(30, ImageFormat.DOCKER, "linux/amd64");
    ImageReference target = reference("pinned:1");
    image.push(registry, target);

    ImageReference pinned = target.withDigest(image.manifest().digest());
    assertThat(registry.resolve(pinned, AMD64).manifestDigest())
        .isEqualTo(image.manifest().digest());
  }

  @Test
  void aBlobIsUploadedOnceThenFoundThenMounted() throws Exception {
    byte[] content = TestImage.noise(40, 300_000);
    Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, content);
    ImageReference first = reference("mount/first");
    ImageReference second = reference("mount/second");

    assertThat(registry.hasBlob(first, blob.digest())).isFalse();
    assertThat(push(first, blob, content, Optional.empty())).isEqualTo(PushOutcome.UPLOADED);
    assertThat(registry.hasBlob(first, blob.digest())).isTrue();
    assertThat(push(first, blob, content, Optional.empty())).isEqualTo(PushOutcome.EXISTED);
    assertThat(push(second, blob, content, Optional.of(first))).isEqualTo(PushOutcome.MOUNTED);
    assertThat(fetch(second, blob)).isEqualTo(content);
  }

  @Test
  void aMountFromWhereTheBlobIsNotBecomesAnUpload() throws Exception {
    byte[] content = TestImage.noise(41, 1000);
    Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, content);

    assertThat(push(reference("mount/third"), blob, content, Optional.of(reference("nobody"))))
        .isEqualTo(PushOutcome.UPLOADED);
    assertThat(fetch(reference("mount/third"), blob)).isEqualTo(content);
  }

  @Test
  void aLargeFileIsStreamedAndItsProgressReachesTheEnd() throws Exception {
    Path file = directory.resolve("blob");
    java.security.MessageDigest hash = java.security.MessageDigest.getInstance("SHA-256");
    long size = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 40; i++) {
        byte[] chunk = TestImage.noise(i, 1 << 20);
        hash.update(chunk);
        out.write(chunk);
        size += chunk.length;
      }
    }
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER_TAR, Digest.ofSha256(hash.digest()), size);
    AtomicLong done = new AtomicLong();

    PushOutcome outcome =
        registry.pushBlob(
            reference("large"),
            blob,
            BlobSource.file(file),
            Optional.empty(),
            (now, total) -> done.set(now));
    assertThat(outcome).isEqualTo(PushOutcome.UPLOADED);
    assertThat(done).hasValue(size);

    done.set(0);
    Path copy = directory.resolve("copy");
    try (OutputStream out = Files.newOutputStream(copy)) {
      registry.fetchBlob(reference("large"), blob, out, (now, total) -> done.set(now));
    }
    assertThat(done).hasValue(size);
    assertThat(Files.mismatch(file, copy)).isEqualTo(-1);
  }

  @Test
  void anEmptyBlobCanBePushed() throws Exception {
    byte[] nothing = {};
    Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, nothing);

    push(reference("empty"), blob, nothing, Optional.empty());

    assertThat(fetch(reference("empty"), blob)).isEmpty();
  }

  @Test
  void manyBlobsTravelAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Callable<byte[]>> work = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        byte[] content = TestImage.noise(100 + i, 200_000);
        Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, content);
        work.add(
            () -> {
              push(reference("parallel"), blob, content, Optional.empty());
              return fetch(reference("parallel"), blob);
            });
      }
      int i = 0;
      for (Future<byte[]> result : threads.invokeAll(work)) {
        assertThat(result.get()).isEqualTo(TestImage.noise(100 + i++, 200_000));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aMissingImageIsNotFound() {
    assertFails(Kind.NOT_FOUND, () -> registry.resolve(reference("app:1"), AMD64))
        .hasMessage(
            "tried to pull %s/app:1, but the registry answered 404 (manifest unknown); check the name and the tag",
            server.hostPort());
  }

  @Test
  void aManifestWhoseBlobsAreMissingIsRejected() {
    TestImage image = TestImage.of(50, ImageFormat.OCI, "linux/amd64");
    assertFails(Kind.REJECTED, () -> registry.pushManifest(reference("hollow:1"), image.manifest()))
        .hasMessageContaining("the registry answered 40");
  }

  @Test
  void aSourceThatIsTooShortIsTheFaultOfTheSource() {
    byte[] content = TestImage.noise(60, 5_000);
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER_TAR, Digest.sha256(content), 9_000);

    assertThatThrownBy(() -> push(reference("short"), blob, content, Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("5000 bytes where 9000 were expected");
  }

  @Test
  void aFullDiskIsNotBlamedOnTheRegistry() throws Exception {
    byte[] content = TestImage.noise(61, 5_000);
    Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, content);
    push(reference("full"), blob, content, Optional.empty());

    assertThatThrownBy(
            () -> {
              try (OutputStream full = Files.newOutputStream(Path.of("/dev/full"))) {
                registry.fetchBlob(reference("full"), blob, full, ProgressListener.NONE);
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left");
  }

  @Test
  void permissionToPushCanBeTriedWithoutATrace() throws Exception {
    registry.checkPush(reference("not/yet/there"));
    assertFails(Kind.NOT_FOUND, () -> registry.resolve(reference("not/yet/there:latest"), AMD64));
  }

  private static ImageReference reference(String name) {
    return ImageReference.parse(server.hostPort() + "/" + name);
  }

  private static PushOutcome push(
      ImageReference repository, Descriptor blob, byte[] content, Optional<ImageReference> from)
      throws Exception {
    return registry.pushBlob(
        repository, blob, BlobSource.bytes(content), from, ProgressListener.NONE);
  }

  private static byte[] fetch(ImageReference repository, Descriptor blob) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    registry.fetchBlob(repository, blob, out, ProgressListener.NONE);
    return out.toByteArray();
  }

  private static String entry(Manifest manifest, String os, String architecture, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}%s}"
        .formatted(
            manifest.mediaType(),
            manifest.digest(),
            manifest.toBytes().length,
            os,
            architecture,
            more);
  }

  private static void putManifest(String repository, String tag, String mediaType, String json)
      throws Exception {
    URI uri =
        URI.create("http://%s/v2/%s/manifests/%s".formatted(server.hostPort(), repository, tag));
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(uri)
                    .header("Content-Type", mediaType)
                    .PUT(HttpRequest.BodyPublishers.ofString(json))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
  }
}
