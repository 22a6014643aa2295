package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One scheme and one TLS policy for each host and direction, and nothing in between. */
@Tag("S22")
class TransportSecurityTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final String SECRET = "c2VjcmV0OnNlY3JldA=="; // secret:secret

  private static RegistryServer plain;
  private static RegistryServer tls;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    plain = RegistryServer.start();
    tls = RegistryServer.withTls();
  }

  @AfterAll
  static void stop() throws IOException {
    plain.close();
    tls.close();
  }

  @BeforeEach
  void noCredentials() throws IOException {
    Files.deleteIfExists(directory.resolve("config.json"));
  }

  @Test
  void aRegistryWithoutTlsMustBeNamedEvenOnLoopback() throws Exception {
    try (Registry registry = open(options())) {
      assertFails(Kind.TLS, () -> registry.checkPush(at(plain.hostPort())))
          .hasMessage(
              "tried to push to %1$s/app, but the registry at %1$s does not speak TLS; name it with --insecure-registry %1$s",
              plain.hostPort());
    }
  }

  @Test
  void directionsAreApart() throws Exception {
    TestImage image = TestImage.of(1, ImageFormat.OCI, "linux/amd64");
    try (Registry push = open(options().insecure(true));
        Registry pull = open(options().insecurePull(true))) {
      image.push(push, at(plain.hostPort()));
      assertFails(Kind.TLS, () -> push.resolve(at(plain.hostPort()), AMD64));
      assertThat(pull.resolve(at(plain.hostPort()), AMD64).manifestDigest())
          .isEqualTo(image.manifest().digest());
      assertFails(Kind.TLS, () -> pull.checkPush(at(plain.hostPort())));
    }
  }

  @Test
  void anUntrustedCertificateIsRefusedAndTheSentenceSaysWhatToDo() throws Exception {
    try (Registry registry = open(options())) {
      assertFails(Kind.TLS, () -> registry.checkPush(at(tls.hostPort())))
          .hasMessageContaining("the certificate of " + tls.hostPort() + " is not trusted")
          .hasMessageContaining("--skip-tls-verify-registry " + tls.hostPort());
    }
  }

  @Test
  void aNamedRegistryNeedsNoTrustedCertificate() throws Exception {
    TestImage image = TestImage.of(2, ImageFormat.DOCKER, "linux/amd64");
    // The certificate does not name this address: the host name is not checked either.
    String other = "127.0.0.1:" + tls.port();
    try (Registry registry =
        open(options().skipTlsVerifyRegistry(tls.hostPort()).skipTlsVerifyRegistry(other))) {
      image.push(registry, at(tls.hostPort()));
      assertThat(registry.resolve(at(tls.hostPort()), AMD64).config().toBytes())
          .isEqualTo(image.config());
      registry.checkPush(at(other));
    }
    try (Registry registry = open(options().skipTlsVerify(true))) {
      registry.checkPush(at(tls.hostPort()));
      assertFails(Kind.TLS, () -> registry.resolve(at(tls.hostPort()), AMD64));
    }
  }

  @Test
  void skippingVerificationNeverMeansPlainHttp() throws Exception {
    try (Registry registry = open(options().skipTlsVerify(true).skipTlsVerifyPull(true))) {
      assertFails(Kind.TLS, () -> registry.checkPush(at(plain.hostPort())));
    }
  }

  @Test
  void nothingReadableReachesAServerThatDoesNotSpeakTls() throws Exception {
    List<Integer> firstBytes = new CopyOnWriteArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread acceptor =
          new Thread(
              () -> {
                try {
                  while (true) {
                    try (Socket socket = server.accept()) {
                      firstBytes.add(socket.getInputStream().read());
                      socket
                          .getOutputStream()
                          .write(
                              "HTTP/1.0 400 Bad Request\r\n\r\n"
                                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    }
                  }
                } catch (IOException e) {
                  return; // closed: the test is over
                }
              });
      acceptor.start();
      String host = "localhost:" + server.getLocalPort();
      credentials(host);
      try (Registry registry = open(options().skipTlsVerify(true).skipTlsVerifyPull(true))) {
        assertFails(Kind.TLS, () -> registry.resolve(at(host), AMD64));
        assertFails(Kind.TLS, () -> registry.checkPush(at(host)));
      }
    }
    int tlsHandshake = 0x16;
    assertThat(firstBytes).isNotEmpty().containsOnly(tlsHandshake);
  }

  @Test
  void plainHttpAgainstATlsRegistryIsNoTlsEither() throws Exception {
    try (Registry registry = open(options().insecureRegistry(tls.hostPort()))) {
      assertFails(Kind.REJECTED, () -> registry.checkPush(at(tls.hostPort())));
    }
  }

  @Tag("S21")
  @Test
  void credentialsDoNotFollowARedirectToAnotherHost() throws Exception {
    TestImage image = TestImage.of(3, ImageFormat.OCI, "linux/amd64");
    try (FaultyRegistry storage = new FaultyRegistry(plain);
        FaultyRegistry front = new FaultyRegistry(plain)) {
      credentials(front.hostPort());
      front.fault(
          (exchange, forward) -> {
            if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
              answer(exchange, 401, "", "WWW-Authenticate", "Basic realm=\"test\"");
              return true;
            }
            if (exchange.getRequestMethod().equals("GET")
                && exchange.getRequestURI().getPath().contains("/blobs/")) {
              answer(
                  exchange,
                  307,
                  "",
                  "Location",
                  "http://" + storage.hostPort() + exchange.getRequestURI());
              return true;
            }
            return false;
          });
      try (Registry registry = open(options().insecureRegistry(front.hostPort()))) {
        image.push(registry, at(front.hostPort()));
        registry.resolve(at(front.hostPort()), AMD64);
      }
      assertThat(front.authorizations()).isNotEmpty().containsOnly("Basic " + SECRET);
      assertThat(storage.requests()).isNotEmpty();
      assertThat(storage.authorizations()).isEmpty();
    }
  }

  @Tag("S21")
  @Test
  void credentialsDoNotGoToATokenServerOverPlainHttpUnlessItIsNamed() throws Exception {
    try (FaultyRegistry tokens = new FaultyRegistry(plain);
        FaultyRegistry front = new FaultyRegistry(plain)) {
      credentials(front.hostPort());
      String realm = "http://" + tokens.hostPort() + "/token";
      front.fault(
          (exchange, forward) -> {
            if ("Bearer good".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
              return false;
            }
            answer(
                exchange,
                401,
                "",
                "WWW-Authenticate",
                "Bearer realm=\"" + realm + "\",service=\"s\"");
            return true;
          });
      tokens.fault(
          (exchange, forward) -> {
            answer(exchange, 200, "{\"token\":\"good\"}");
            return true;
          });
      try (Registry registry = open(options().insecureRegistry(front.hostPort()))) {
        assertFails(Kind.TLS, () -> registry.checkPush(at(front.hostPort())))
            .hasMessageContaining("--insecure-registry " + tokens.hostPort());
      }
      assertThat(tokens.requests()).isEmpty();
      try (Registry registry =
          open(options().insecureRegistry(front.hostPort()).insecureRegistry(tokens.hostPort()))) {
        registry.checkPush(at(front.hostPort()));
      }
      assertThat(tokens.authorizations()).containsOnly("Basic " + SECRET);
    }
  }

  private void credentials(String host) throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, SECRET));
  }

  private RegistryOptions.Builder options() {
    return RegistryOptions.builder().dockerConfig(directory).retries(0);
  }

  private static Registry open(RegistryOptions.Builder options) throws RegistryException {
    return Registries.open(options.build());
  }

  private static ImageReference at(String host) {
    return ImageReference.parse(host + "/app");
  }
}
