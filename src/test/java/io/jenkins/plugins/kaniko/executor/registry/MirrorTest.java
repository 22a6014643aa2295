package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.registry.RegistryOptions.MoreRetries;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that come from elsewhere than their name says. */
class MirrorTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static RegistryServer server;

  @TempDir private Path empty;
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private FaultyRegistry first;
  private FaultyRegistry second;

  @BeforeAll
  static void start() throws IOException {
    server = RegistryServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    first = new FaultyRegistry(server);
    second = new FaultyRegistry(server);
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          docker.io=m                    | debian:12            | m/library/debian:12 docker.io/library/debian:12
          index.docker.io=m              | debian:12            | m/library/debian:12 docker.io/library/debian:12
          docker.io=m.example/the/proxy/ | user/app             | m.example/the/proxy/user/app:latest docker.io/user/app:latest
          docker.io=m                    | quay.io/a/b          | quay.io/a/b:latest
          docker.io=m docker.io=n:5000   | debian               | m/library/debian:latest n:5000/library/debian:latest docker.io/library/debian:latest
          quay.io=q gcr.io=g             | gcr.io/a/b:1         | g/a/b:1 gcr.io/a/b:1
          gcr.io=g gcr.io/team=h/x       | gcr.io/team/app:1    | h/x/app:1 g/team/app:1 gcr.io/team/app:1
          gcr.io/team=h                  | gcr.io/teams/app:1   | gcr.io/teams/app:1
          docker.io/library=h/x          | debian               | h/x/debian:latest docker.io/library/debian:latest
          docker.io=docker.io            | debian               | docker.io/library/debian:latest
          docker.io=M.Example            | debian               | m.example/library/debian:latest docker.io/library/debian:latest
          """)
  void aNameStandsForPlacesInOrder(String rules, String image, String places) {
    List<Remapping.Rule> given =
        Arrays.stream(rules.split(" ", -1))
            .map(rule -> new Remapping.Rule(rule.split("=", -1)[0], rule.split("=", -1)[1]))
            .toList();
    ImageReference reference = ImageReference.parse(image);

    assertThat(names(new Remapping(given, true).candidates(reference))).isEqualTo(places);
    String without = places.replaceFirst(" " + reference + "$", "");
    assertThat(names(new Remapping(given, false).candidates(reference))).isEqualTo(without);
  }

  @Test
  void theFirstMirrorThatHasTheImageServesItAndItsLayers() throws Exception {
    TestImage image = pushed(1, "p/library/one:1");
    try (Registry registry =
        Registries.open(
            options()
                .map("docker.io", first.hostPort() + "/none")
                .map("docker.io", second.hostPort() + "/p")
                .build())) {
      ImageReference name = ImageReference.parse("one:1");
      ResolvedImage resolved = registry.resolve(name, AMD64);
      ByteArrayOutputStream layer = new ByteArrayOutputStream();
      registry.fetchBlob(name, image.layerDescriptor(), layer, ProgressListener.NONE);

      assertThat(resolved.reference()).isEqualTo(name);
      assertThat(resolved.manifestDigest()).isEqualTo(image.manifest().digest());
      assertThat(layer.toByteArray()).isEqualTo(image.layer());
      assertThat(first.count(".*/blobs/.*")).isZero();
      assertThat(warnings)
          .singleElement()
          .asString()
          .startsWith("tried to pull %s/none/library/one:1, but ".formatted(first.hostPort()))
          .endsWith(" (trying %s next)".formatted(second.hostPort()));
    }
  }

  @Test
  void aLayerThatAMirrorHasLostComesFromTheNextPlace() throws Exception {
    TestImage image = pushed(2, "library/two:1");
    first.fault(
        (exchange, forward) -> {
          if (exchange
              .getRequestURI()
              .getPath()
              .endsWith(image.layerDescriptor().digest().toString())) {
            exchange.sendResponseHeaders(200, image.layer().length);
            exchange.getResponseBody().write(image.layer(), 0, 20_000);
            exchange.getResponseBody().flush();
            exchange.close();
            return true;
          }
          return false;
        });
    try (Registry registry =
        Registries.open(
            options()
                .retries(1)
                .map("registry.invalid", first.hostPort())
                .map("registry.invalid", second.hostPort())
                .build())) {
      ImageReference name = ImageReference.parse("registry.invalid/library/two:1");
      registry.resolve(name, AMD64);
      ByteArrayOutputStream layer = new ByteArrayOutputStream();
      registry.fetchBlob(name, image.layerDescriptor(), layer, ProgressListener.NONE);

      assertThat(layer.toByteArray()).isEqualTo(image.layer());
      assertThat(second.count("GET .*" + image.layerDescriptor().digest())).isEqualTo(1);
    }
  }

  @Test
  void withoutFallbackTheOriginalIsNeverAsked() throws Exception {
    try (Registry registry =
        Registries.open(
            options()
                .map(second.hostPort(), first.hostPort() + "/nowhere")
                .fallback(false)
                .build())) {
      assertFails(
              Kind.NOT_FOUND,
              () -> registry.resolve(ImageReference.parse(second.hostPort() + "/x:1"), AMD64))
          .hasMessageContaining("tried to pull " + first.hostPort() + "/nowhere/x:1");
    }
    assertThat(second.requests()).isEmpty();
  }

  @Test
  void withFallbackTheFailureIsThatOfTheOriginal() throws Exception {
    try (Registry registry =
        Registries.open(options().map(second.hostPort(), first.hostPort() + "/nowhere").build())) {
      assertFails(
              Kind.NOT_FOUND,
              () -> registry.resolve(ImageReference.parse(second.hostPort() + "/x:1"), AMD64))
          .hasMessageContaining("tried to pull " + second.hostPort() + "/x:1");
    }
  }

  @Test
  void aMirrorThatIsNotThereIsAskedOnce() throws Exception {
    pushed(3, "three:1");
    pushed(4, "four:1");
    String gone = first.hostPort();
    first.close();
    try (Registry registry = Registries.open(options().map(second.hostPort(), gone).build())) {
      registry.resolve(ImageReference.parse(second.hostPort() + "/three:1"), AMD64);
      registry.resolve(ImageReference.parse(second.hostPort() + "/four:1"), AMD64);
    }
    assertThat(warnings).hasSize(1);
  }

  @Test
  void aMirrorThatAltersContentEndsTheBuild() throws Exception {
    TestImage image = pushed(5, "five:1");
    byte[] altered = image.layer().clone();
    altered[100] ^= 1;
    first.fault(
        (exchange, forward) -> {
          if (exchange
              .getRequestURI()
              .getPath()
              .endsWith(image.layerDescriptor().digest().toString())) {
            exchange.sendResponseHeaders(200, altered.length);
            exchange.getResponseBody().write(altered);
            return true;
          }
          return false;
        });
    try (Registry registry =
        Registries.open(options().map(second.hostPort(), first.hostPort()).build())) {
      ImageReference name = ImageReference.parse(second.hostPort() + "/five:1");
      registry.resolve(name, AMD64);
      assertFails(
              Kind.DIGEST_MISMATCH,
              () ->
                  registry.fetchBlob(
                      name,
                      image.layerDescriptor(),
                      new ByteArrayOutputStream(),
                      ProgressListener.NONE))
          .hasMessageContaining(first.hostPort());
    }
  }

  @Test
  void aBaseThatCameFromTheDestinationsRegistryIsMounted() throws Exception {
    TestImage image = pushed(6, "cache/library/six:1");
    try (Registry registry =
        Registries.open(options().map("docker.io", first.hostPort() + "/cache").build())) {
      ImageReference name = ImageReference.parse("six:1");
      registry.resolve(name, AMD64);

      assertThat(
              registry.pushBlob(
                  ImageReference.parse(first.hostPort() + "/team/app"),
                  image.layerDescriptor(),
                  BlobSource.bytes(image.layer()),
                  Optional.of(name),
                  ProgressListener.NONE))
          .isEqualTo(PushOutcome.MOUNTED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 400, 500})
  void furtherTriesAreMadeWhateverWentWrong(int status) throws Exception {
    TestImage image = pushed(7, "seven:1");
    int[] left = {2};
    first.fault(
        (exchange, forward) -> {
          if (exchange.getRequestURI().getPath().contains("/manifests/") && left[0]-- > 0) {
            answer(exchange, status, "");
            return true;
          }
          return false;
        });
    ImageReference name = ImageReference.parse(first.hostPort() + "/seven:1");
    try (Registry registry =
        Registries.open(options().moreRetries(new MoreRetries(0, 2, 0)).build())) {
      assertThat(registry.resolve(name, AMD64).manifestDigest())
          .isEqualTo(image.manifest().digest());
    }
    left[0] = 2;
    try (Registry registry =
        Registries.open(options().moreRetries(new MoreRetries(2, 0, 0)).build())) {
      registry.pushManifest(name, image.manifest());
    }
    assertThat(left[0]).isNegative();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 500})
  void furtherTriesForLayersAreMadeWhateverWentWrong(int status) throws Exception {
    TestImage image = pushed(17, "seventeen:1");
    int[] left = {2};
    first.fault(
        (exchange, forward) -> {
          if (exchange.getRequestURI().getPath().contains("/blobs/") && left[0]-- > 0) {
            answer(exchange, status, "");
            return true;
          }
          return false;
        });
    ImageReference name = ImageReference.parse(first.hostPort() + "/seventeen:1");
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    try (Registry registry =
        Registries.open(options().moreRetries(new MoreRetries(0, 0, 2)).build())) {
      registry.fetchBlob(name, image.layerDescriptor(), layer, ProgressListener.NONE);
    }
    assertThat(layer.toByteArray()).isEqualTo(image.layer());
    assertThat(left[0]).isNegative();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | {"errors":[{"code":"TAG_INVALID","message":"The image tag '1' already exists in the 'app' repository and cannot be overwritten because the repository is immutable."}]}
          400 | {"errors":[{"code":"MANIFEST_INVALID","message":"cannot update tag 1. The repository has enabled tag immutability"}]}
          412 | {"errors":[{"code":"PRECONDITION","message":"Failed to process request due to 'app:1' configured as immutable."}]}
          """)
  void anImmutableTagIsAKindOfItsOwnAndNotTriedAgain(int status, String body) throws Exception {
    TestImage image = TestImage.of(8, ImageFormat.OCI, "linux/amd64");
    first.fault(
        (exchange, forward) -> {
          exchange.getRequestBody().readAllBytes();
          boolean put = exchange.getRequestMethod().equals("PUT");
          answer(exchange, put ? status : 200, body);
          return true;
        });
    try (Registry registry =
        Registries.open(options().moreRetries(new MoreRetries(5, 0, 0)).build())) {
      assertFails(
              Kind.IMMUTABLE_TAG,
              () ->
                  registry.pushManifest(
                      ImageReference.parse(first.hostPort() + "/app:1"), image.manifest()))
          .hasMessageContaining("--push-ignore-immutable-tag-errors");
      assertThat(first.count("PUT .*")).isEqualTo(1);
    }
  }

  private TestImage pushed(int seed, String name) throws Exception {
    TestImage image = TestImage.of(seed, ImageFormat.OCI, "linux/amd64");
    try (Registry registry =
        Registries.open(options().insecureRegistry(server.hostPort()).build())) {
      image.push(registry, ImageReference.parse(server.hostPort() + "/" + name));
    }
    return image;
  }

  private RegistryOptions.Builder options() {
    return RegistryOptions.builder()
        .dockerConfig(empty)
        .retries(0)
        .retryDelay(Duration.ofMillis(5))
        .onWarning(warnings::add)
        .insecureRegistry(first.hostPort())
        .insecureRegistry(second.hostPort());
  }

  private static String names(List<ImageReference> places) {
    return places.stream().map(ImageReference::toString).collect(Collectors.joining(" "));
  }
}
