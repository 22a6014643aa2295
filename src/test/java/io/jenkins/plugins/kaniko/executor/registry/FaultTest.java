package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of answers that are late, wrong, broken or none. */
class FaultTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static RegistryServer server;

  @TempDir private Path empty;
  private FaultyRegistry faulty;
  private Registry registry;

  @BeforeAll
  static void start() throws IOException {
    server = RegistryServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    faulty = new FaultyRegistry(server);
    registry = Registries.open(options().insecureRegistry(faulty.hostPort()).build());
  }

  @AfterEach
  void close() {
    registry.close();
    faulty.close();
  }

  @ParameterizedTest
  @CsvSource({"401,UNAUTHORIZED", "403,FORBIDDEN", "404,NOT_FOUND", "400,REJECTED", "503,OTHER"})
  void aStatusBecomesAKindAndASentence(int status, Kind kind) {
    faulty.fault(
        (exchange, forward) -> {
          if (exchange.getRequestURI().getPath().contains("/manifests/")) {
            answer(
                exchange,
                status,
                "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"because\\nof \\u001b[31mthis\"}]}");
            return true;
          }
          return false;
        });

    assertFails(kind, () -> registry.resolve(reference("app:1"), AMD64))
        .hasMessageStartingWith(
            "tried to pull %s/app:1, but the registry answered %d (because of  [31mthis); ",
            faulty.hostPort(), status);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void aFailureThatMayPassIsTriedAgain(int status) throws Exception {
    TestImage image = image(1);
    image.push(registry, reference("retry:1"));
    AtomicInteger failures = new AtomicInteger(2);
    faulty.fault(
        (exchange, forward) -> {
          if (exchange.getRequestURI().getPath().contains("/manifests/")
              && failures.getAndDecrement() > 0) {
            answer(exchange, status, "", "Retry-After", "0");
            return true;
          }
          return false;
        });

    assertThat(registry.resolve(reference("retry:1"), AMD64).manifestDigest())
        .isEqualTo(image.manifest().digest());
    assertThat(faulty.count("GET .*/manifests/1")).isEqualTo(3);
  }

  @Test
  void retriesEnd() {
    faulty.fault(
        (exchange, forward) -> {
          answer(exchange, 500, "");
          return true;
        });

    assertFails(Kind.OTHER, () -> registry.resolve(reference("app:1"), AMD64));
    assertThat(faulty.requests()).hasSize(3);
  }

  @Test
  void aRegistryThatAsksForLongPatienceIsNotWaitedFor() {
    faulty.fault(
        (exchange, forward) -> {
          answer(exchange, 429, "", "Retry-After", "3600");
          return true;
        });

    assertFails(Kind.REJECTED, () -> registry.resolve(reference("app:1"), AMD64));
    assertThat(faulty.requests()).hasSize(1);
  }

  @Test
  void anUploadThatFailsBeginsAgainWithANewSession() throws Exception {
    AtomicInteger failures = new AtomicInteger(1);
    faulty.fault(
        (exchange, forward) -> {
          if (exchange.getRequestMethod().equals("PUT") && failures.getAndDecrement() > 0) {
            exchange.getRequestBody().readAllBytes();
            answer(exchange, 502, "");
            return true;
          }
          return false;
        });
    byte[] content = TestImage.noise(2, 100_000);
    Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, content);

    registry.pushBlob(
        reference("again"),
        blob,
        BlobSource.bytes(content),
        Optional.empty(),
        ProgressListener.NONE);

    assertThat(faulty.count("POST .*/blobs/uploads/")).isEqualTo(2);
    assertThat(faulty.requests().stream().filter(r -> r.startsWith("PUT")).distinct()).hasSize(2);
    assertThat(registry.hasBlob(reference("again"), blob.digest())).isTrue();
  }

  @Test
  void aTransferThatBreaksIsTakenUpWhereItBroke() throws Exception {
    TestImage image = image(3);
    image.push(registry, reference("broken:1"));
    AtomicInteger failures = new AtomicInteger(1);
    faulty.fault(
        (exchange, forward) -> {
          if (isLayer(exchange.getRequestURI().getPath(), image)
              && failures.getAndDecrement() > 0) {
            exchange.sendResponseHeaders(200, image.layer().length);
            exchange.getResponseBody().write(image.layer(), 0, 30_000);
            exchange.getResponseBody().flush();
            exchange.close();
            return true;
          }
          return false;
        });

    assertThat(fetch(image, "broken")).isEqualTo(image.layer());
    assertThat(faulty.count("GET .*" + image.layerDescriptor().digest())).isEqualTo(2);
  }

  @Test
  void aServerWithoutRangesStartsOverAndTheBytesAreStillRight() throws Exception {
    TestImage image = image(4);
    AtomicInteger calls = new AtomicInteger();
    faulty.fault(
        (exchange, forward) -> {
          if (isLayer(exchange.getRequestURI().getPath(), image)) {
            boolean first = calls.getAndIncrement() == 0;
            exchange.sendResponseHeaders(200, image.layer().length);
            exchange
                .getResponseBody()
                .write(image.layer(), 0, first ? 30_000 : image.layer().length);
            exchange.close();
            return true;
          }
          return false;
        });

    assertThat(fetch(image, "norange")).isEqualTo(image.layer());
  }

  @Test
  void aBlobWhoseDigestLiesIsRefused() {
    TestImage image = image(5);
    byte[] other = image.layer();
    other[1000]++;
    serveLayer(image, other);

    assertFails(Kind.DIGEST_MISMATCH, () -> fetch(image, "lie"))
        .hasMessageContaining(image.layerDescriptor().digest().toString());
    assertThat(faulty.count("GET .*/blobs/.*")).isEqualTo(1);
  }

  @Test
  void aBlobThatIsLargerThanPromisedIsCutOff() {
    TestImage image = image(6);
    serveLayer(image, Arrays.copyOf(image.layer(), image.layer().length + 1));
    assertFails(Kind.DIGEST_MISMATCH, () -> fetch(image, "larger"));
  }

  @Test
  void aBlobThatIsSmallerThanPromisedIsRefused() {
    TestImage image = image(7);
    serveLayer(image, Arrays.copyOf(image.layer(), image.layer().length - 1));
    assertFails(Kind.DIGEST_MISMATCH, () -> fetch(image, "smaller"));
  }

  @Test
  void aManifestWhoseDigestLiesIsRefused() throws Exception {
    TestImage image = image(8);
    TestImage other = image(9);
    other.push(registry, reference("pinned:other"));
    faulty.fault(
        (exchange, forward) -> {
          if (exchange.getRequestURI().getPath().contains("/manifests/")) {
            answer(
                exchange,
                200,
                new String(other.manifest().toBytes(), java.nio.charset.StandardCharsets.UTF_8));
            return true;
          }
          return false;
        });

    assertFails(
        Kind.DIGEST_MISMATCH,
        () -> registry.resolve(reference("pinned").withDigest(image.manifest().digest()), AMD64));
  }

  @Test
  void aManifestThatIsAnImageAndAnIndexAtOnceIsRefused() {
    serveManifest("{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}");
    assertFails(Kind.REJECTED, () -> registry.resolve(reference("both:1"), AMD64))
        .hasMessageContaining("an image and an index at once");
  }

  @Test
  void aSchema1ManifestIsRefusedByName() {
    serveManifest("{\"schemaVersion\":1,\"name\":\"old\"}");
    assertFails(Kind.REJECTED, () -> registry.resolve(reference("old:1"), AMD64))
        .hasMessageContaining("schema version 1");
  }

  @Test
  void aManifestThatNeverEndsIsCutOff() {
    serveManifest("x".repeat(5 << 20));
    assertFails(Kind.REJECTED, () -> registry.resolve(reference("huge:1"), AMD64))
        .hasMessageContaining("larger than");
  }

  @Test
  void redirectsWithoutEndEnd() {
    faulty.fault(
        (exchange, forward) -> {
          answer(exchange, 307, "", "Location", exchange.getRequestURI().toString());
          return true;
        });
    assertFails(Kind.OTHER, () -> registry.resolve(reference("app:1"), AMD64))
        .hasMessageContaining("redirects without end");
  }

  @Test
  void nobodyListeningIsUnreachableAtOnce() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    ImageReference nobody = ImageReference.parse("localhost:" + port + "/app:1");
    for (Registry each : new Registry[] {registry, insecure()}) {
      assertFails(Kind.UNREACHABLE, () -> each.resolve(nobody, AMD64))
          .hasMessage(
              "tried to pull localhost:%d/app:1, but nothing accepts connections at localhost:%d; check host and port",
              port, port);
      assertFails(Kind.UNREACHABLE, () -> each.checkPush(nobody));
    }
  }

  @Test
  void anUnknownHostIsUnreachable() {
    assertFails(
            Kind.UNREACHABLE,
            () -> registry.resolve(ImageReference.parse("registry.invalid/app:1"), AMD64))
        .hasMessageContaining("the host registry.invalid is unknown");
  }

  @Test
  void aBlackHoleIsATimeoutWithoutRetries() throws Exception {
    try (ServerSocket hole = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      AtomicInteger connections = new AtomicInteger();
      Thread acceptor =
          new Thread(
              () -> {
                try {
                  while (true) {
                    hole.accept();
                    connections.incrementAndGet();
                  }
                } catch (IOException e) {
                  return; // closed: the test is over
                }
              });
      acceptor.start();
      String host = "localhost:" + hole.getLocalPort();
      try (Registry impatient =
          Registries.open(
              options().insecureRegistry(host).connectTimeout(Duration.ofMillis(50)).build())) {
        assertFails(
                Kind.TIMEOUT, () -> impatient.resolve(ImageReference.parse(host + "/app:1"), AMD64))
            .hasMessageContaining(host + " did not respond");
      }
      assertThat(connections).hasValue(1);
    }
  }

  @Test
  void aTransferThatStallsIsATimeout() throws Exception {
    TestImage image = image(12);
    try (Registry impatient =
        Registries.open(
            options()
                .insecureRegistry(faulty.hostPort())
                .idleTimeout(Duration.ofMillis(300))
                .retries(0)
                .build())) {
      faulty.fault(
          (exchange, forward) -> {
            if (isLayer(exchange.getRequestURI().getPath(), image)) {
              exchange.sendResponseHeaders(200, image.layer().length);
              exchange.getResponseBody().write(image.layer(), 0, 10);
              exchange.getResponseBody().flush();
              try {
                Thread.sleep(Duration.ofMinutes(1).toMillis());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return true;
            }
            return false;
          });
      assertFails(
          Kind.TIMEOUT,
          () ->
              impatient.fetchBlob(
                  reference("stall"),
                  image.layerDescriptor(),
                  new ByteArrayOutputStream(),
                  ProgressListener.NONE));
    }
  }

  @Test
  void anInterruptedThreadStopsWaiting() {
    Thread.currentThread().interrupt();
    assertFails(Kind.OTHER, () -> registry.resolve(reference("app:1"), AMD64))
        .hasMessageContaining("was interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private RegistryOptions.Builder options() {
    return RegistryOptions.builder()
        .dockerConfig(empty)
        .retries(2)
        .retryDelay(Duration.ofMillis(1));
  }

  private Registry insecure() throws RegistryException {
    return Registries.open(options().insecure(true).insecurePull(true).build());
  }

  private ImageReference reference(String name) {
    return ImageReference.parse(faulty.hostPort() + "/" + name);
  }

  private static TestImage image(long seed) {
    return TestImage.of(1000 + seed, ImageFormat.OCI, "linux/amd64");
  }

  private static boolean isLayer(String path, TestImage image) {
    return path.endsWith("/blobs/" + image.layerDescriptor().digest());
  }

  private void serveLayer(TestImage image, byte[] content) {
    faulty.fault(
        (exchange, forward) -> {
          if (isLayer(exchange.getRequestURI().getPath(), image)) {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            return true;
          }
          return false;
        });
  }

  private void serveManifest(String content) {
    faulty.fault(
        (exchange, forward) -> {
          if (exchange.getRequestURI().getPath().contains("/manifests/")) {
            answer(exchange, 200, content);
            return true;
          }
          return false;
        });
  }

  private byte[] fetch(TestImage image, String repository) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    registry.fetchBlob(reference(repository), image.layerDescriptor(), out, ProgressListener.NONE);
    return out.toByteArray();
  }
}
