package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.BadNetwork;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may go wrong once or is done in another way, and an image travels all the same. */
class RobustnessTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final AtomicInteger SEED = new AtomicInteger(5000);
  private static RegistryServer server;

  @TempDir private Path directory;
  private FaultyRegistry faulty;

  /** Requests that something is done to. */
  enum Step {
    PING("GET /v2/"),
    LOOK("HEAD .*/blobs/.*"),
    START("POST .*/blobs/uploads/"),
    UPLOAD("PUT .*/blobs/uploads/.*"),
    TAG("PUT .*/manifests/.*"),
    MANIFEST("GET .*/manifests/.*"),
    BLOB("GET .*/blobs/.*");

    private final String pattern;

    Step(String pattern) {
      this.pattern = pattern;
    }

    boolean is(HttpExchange exchange) {
      return (exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath())
          .matches(pattern);
    }
  }

  /** What is done. */
  enum Fault {
    TOO_MANY(429, "0"),
    BUSY(503, "0"),
    BROKEN(500, ""),
    GATEWAY(502, ""),
    SLOW(504, ""),
    TIMEOUT(408, ""),
    HANG_UP(0, "");

    private final int status;
    private final String retryAfter;

    Fault(int status, String retryAfter) {
      this.status = status;
      this.retryAfter = retryAfter;
    }
  }

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
    faulty = new FaultyRegistry(server);
  }

  @AfterEach
  void close() {
    faulty.close();
  }

  @ParameterizedTest
  @EnumSource
  void whatFailsTwiceSucceedsTheThirdTime(Fault fault) throws Exception {
    for (Step step : Step.values()) {
      AtomicInteger left = new AtomicInteger(2);
      faulty.fault(
          (exchange, forward) -> {
            if (!step.is(exchange) || left.getAndDecrement() <= 0) {
              return false;
            }
            if (fault.status == 0) {
              exchange.close();
            } else {
              exchange.getRequestBody().readAllBytes();
              answer(
                  exchange,
                  fault.status,
                  "",
                  fault.retryAfter.isEmpty()
                      ? new String[0]
                      : new String[] {"Retry-After", fault.retryAfter});
            }
            return true;
          });
      roundTrip(faulty.hostPort());
      assertThat(left.get()).as(step + " was met").isNegative();
    }
  }

  @Test
  void aDateToComeBackAtIsWaitedFor() throws Exception {
    AtomicInteger left = new AtomicInteger(1);
    faulty.fault(
        (exchange, forward) -> {
          if (!Step.MANIFEST.is(exchange) || left.getAndDecrement() <= 0) {
            return false;
          }
          String date =
              DateTimeFormatter.RFC_1123_DATE_TIME.format(
                  ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2));
          answer(exchange, 429, "", "Retry-After", date);
          return true;
        });
    long begin = System.nanoTime();
    roundTrip(faulty.hostPort());

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
    assertThat(left).hasValueLessThan(1);
  }

  @ParameterizedTest
  @CsvSource({"3000, pull", "30000, pull", "60000, pull", "3000, push", "30000, push"})
  void aConnectionThatIsResetIsMadeAnew(long bytes, String direction) throws Exception {
    try (BadNetwork network = new BadNetwork(server);
        Registry registry = registry(network.hostPort(), options())) {
      TestImage image = TestImage.of(SEED.incrementAndGet(), ImageFormat.OCI, "linux/amd64");
      ImageReference name = ImageReference.parse(network.hostPort() + "/reset:1");
      if (direction.equals("push")) {
        network.reset(2, bytes);
      }
      image.push(registry, name);
      if (direction.equals("pull")) {
        network.reset(2, bytes);
      }
      assertThat(fetch(registry, name, image)).isEqualTo(image.layer());
      assertThat(network.resetsLeft()).isZero();
    }
  }

  @Test
  void aTrickleIsAsGoodAsSilence() throws Exception {
    try (BadNetwork network = new BadNetwork(server)) {
      network.trickle(20);
      RegistryOptions.Builder impatient =
          options()
              .retries(0)
              .idleTimeout(Duration.ofMillis(800))
              .connectTimeout(Duration.ofMillis(300));
      try (Registry registry = registry(network.hostPort(), impatient)) {
        ImageReference name = ImageReference.parse(network.hostPort() + "/slow:1");
        long begin = System.nanoTime();
        assertFails(Kind.TIMEOUT, () -> registry.resolve(name, AMD64));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
      }
    }
  }

  @Test
  void aBodyThatTricklesIsCutOff() throws Exception {
    TestImage image = TestImage.of(SEED.incrementAndGet(), ImageFormat.OCI, "linux/amd64");
    faulty.fault(
        (exchange, forward) -> {
          if (!Step.BLOB.is(exchange)) {
            return false;
          }
          exchange.sendResponseHeaders(200, image.layer().length);
          for (int i = 0; i < 100; i++) {
            exchange.getResponseBody().write(image.layer(), i, 1);
            exchange.getResponseBody().flush();
            pause(50);
          }
          return true;
        });
    try (Registry registry =
        registry(faulty.hostPort(), options().retries(0).idleTimeout(Duration.ofMillis(500)))) {
      assertFails(
          Kind.TIMEOUT,
          () ->
              registry.fetchBlob(
                  reference("drip"),
                  image.layerDescriptor(),
                  new ByteArrayOutputStream(),
                  ProgressListener.NONE));
    }
  }

  @Test
  void aDiskThatIsSlowIsNotBlamedOnTheRegistry() throws Exception {
    TestImage image = TestImage.of(SEED.incrementAndGet(), ImageFormat.OCI, "linux/amd64");
    try (Registry registry =
        registry(faulty.hostPort(), options().retries(0).idleTimeout(Duration.ofMillis(400)))) {
      image.push(registry, reference("disk"));
      ByteArrayOutputStream slow =
          new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
              pause(150);
              super.write(bytes, offset, length);
            }
          };
      registry.fetchBlob(reference("disk"), image.layerDescriptor(), slow, ProgressListener.NONE);
      assertThat(slow.toByteArray()).isEqualTo(image.layer());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {405, 501})
  void aRegistryWithoutHeadIsUploadedTo(int status) throws Exception {
    faulty.fault(
        (exchange, forward) -> {
          if (!exchange.getRequestMethod().equals("HEAD")) {
            return false;
          }
          answer(exchange, status, "");
          return true;
        });
    roundTrip(faulty.hostPort());
  }

  @ParameterizedTest
  @ValueSource(ints = {202, 400, 401, 403, 404, 405, 500})
  void aMountThatIsRefusedBecomesAnUpload(int status) throws Exception {
    faulty.fault(
        (exchange, forward) -> {
          if (String.valueOf(exchange.getRequestURI().getQuery()).contains("mount=")) {
            if (status == 202) {
              forward.uri(
                  java.net.URI.create(
                      "http://" + server.hostPort() + "/v2/unmounted/blobs/uploads/"));
              return false;
            }
            answer(exchange, status, "");
            return true;
          }
          return false;
        });
    TestImage image = TestImage.of(SEED.incrementAndGet(), ImageFormat.OCI, "linux/amd64");
    try (Registry registry = registry(faulty.hostPort(), options())) {
      image.push(registry, reference("mountable:1"));

      assertThat(
              registry.pushBlob(
                  reference("unmounted"),
                  image.layerDescriptor(),
                  BlobSource.bytes(image.layer()),
                  Optional.of(reference("mountable")),
                  ProgressListener.NONE))
          .isEqualTo(PushOutcome.UPLOADED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"absolute", "relative", "elsewhere"})
  void anUploadGoesWhereTheRegistrySays(String form) throws Exception {
    Files.writeString(
        directory.resolve("config.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"c2VjcmV0OnNlY3JldA==\"}}}".formatted(faulty.hostPort()));
    try (FaultyRegistry elsewhere = new FaultyRegistry(server)) {
      faulty.fault(
          (exchange, forward) -> {
            if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
              answer(exchange, 401, "", "WWW-Authenticate", "Basic realm=\"test\"");
              return true;
            }
            if (!Step.START.is(exchange)) {
              return false;
            }
            String location = start(exchange);
            answer(
                exchange,
                202,
                "",
                "Location",
                switch (form) {
                  case "absolute" -> "http://" + faulty.hostPort() + location;
                  case "relative" -> location;
                  default -> "http://" + elsewhere.hostPort() + location;
                });
            return true;
          });
      roundTrip(faulty.hostPort());

      assertThat(elsewhere.authorizations()).isEmpty();
      assertThat(elsewhere.count("PUT .*")).isEqualTo(form.equals("elsewhere") ? 2 : 0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {                                               | REJECTED | tried to pull
          {"schemaVersion":2,"mediaType":"application/vnd | REJECTED | tried to pull
          ''                                              | REJECTED | tried to pull
          <html>login</html>                              | REJECTED | tried to pull
          """)
  void aManifestThatIsCutOffIsRefused(String body, Kind kind, String message) throws Exception {
    faulty.fault(
        (exchange, forward) -> {
          if (!Step.MANIFEST.is(exchange)) {
            return false;
          }
          answer(exchange, 200, body);
          return true;
        });
    try (Registry registry = registry(faulty.hostPort(), options())) {
      assertFails(kind, () -> registry.resolve(reference("cut:1"), AMD64))
          .hasMessageStartingWith(message);
    }
  }

  @Test
  void aManifestWhoseConnectionBreaksIsAskedForAgain() throws Exception {
    AtomicInteger left = new AtomicInteger(2);
    faulty.fault(
        (exchange, forward) -> {
          if (!Step.MANIFEST.is(exchange) || left.getAndDecrement() <= 0) {
            return false;
          }
          exchange.sendResponseHeaders(200, 500);
          exchange
              .getResponseBody()
              .write("{\"schemaVersion\":2,".getBytes(StandardCharsets.UTF_8));
          exchange.close();
          return true;
        });
    roundTrip(faulty.hostPort());
  }

  @Test
  void aLimitOnUploadsIsNamed() throws Exception {
    faulty.fault(
        (exchange, forward) -> {
          exchange.getRequestBody().readAllBytes();
          if (!Step.UPLOAD.is(exchange)) {
            return false;
          }
          answer(exchange, 413, "<html>");
          return true;
        });
    byte[] content = TestImage.noise(1, 1000);
    Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, content);
    try (Registry registry = registry(faulty.hostPort(), options())) {
      assertFails(
              Kind.REJECTED,
              () ->
                  registry.pushBlob(
                      reference("large"),
                      blob,
                      BlobSource.bytes(content),
                      Optional.empty(),
                      ProgressListener.NONE))
          .hasMessageContaining("answered 413; the registry, or a proxy before it, limits");
    }
  }

  private static String start(HttpExchange exchange) throws IOException {
    try {
      java.net.http.HttpResponse<Void> reply =
          java.net.http.HttpClient.newHttpClient()
              .send(
                  java.net.http.HttpRequest.newBuilder(
                          java.net.URI.create(
                              "http://" + server.hostPort() + exchange.getRequestURI().getPath()))
                      .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
                      .build(),
                  java.net.http.HttpResponse.BodyHandlers.discarding());
      return reply.headers().firstValue("Location").orElseThrow().replaceFirst("http://[^/]*", "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Pushes an image, and pulls it back. */
  private void roundTrip(String host) throws Exception {
    TestImage image = TestImage.of(SEED.incrementAndGet(), ImageFormat.OCI, "linux/amd64");
    ImageReference name = ImageReference.parse(host + "/trip:" + SEED);
    try (Registry registry = registry(host, options())) {
      image.push(registry, name);
      assertThat(registry.resolve(name, AMD64).manifestDigest())
          .isEqualTo(image.manifest().digest());
      assertThat(fetch(registry, name, image)).isEqualTo(image.layer());
    }
  }

  private static byte[] fetch(Registry registry, ImageReference name, TestImage image)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    registry.fetchBlob(name, image.layerDescriptor(), out, ProgressListener.NONE);
    return out.toByteArray();
  }

  private RegistryOptions.Builder options() {
    return RegistryOptions.builder()
        .dockerConfig(directory)
        .retries(2)
        .retryDelay(Duration.ofMillis(1));
  }

  private static Registry registry(String host, RegistryOptions.Builder options)
      throws RegistryException {
    return Registries.open(options.insecureRegistry(host).build());
  }

  private ImageReference reference(String name) {
    return ImageReference.parse(faulty.hostPort() + "/" + name);
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
