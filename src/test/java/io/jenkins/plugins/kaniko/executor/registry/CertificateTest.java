package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Authorities for one registry, and certificates of our own. */
class CertificateTest {
  private static RegistryServer tls;
  private static RegistryServer mutual;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    tls = RegistryServer.withTls();
    mutual = RegistryServer.withMutualTls();
  }

  @AfterAll
  static void stop() throws IOException {
    tls.close();
    mutual.close();
  }

  @Test
  void aCertificateIsTrustedForItsRegistryAlone() throws Exception {
    try (Registry registry =
        open(
            options()
                .certificate(tls.hostPort().toUpperCase(java.util.Locale.ROOT), tls.certificate())
                .clientCertificate(mutual.hostPort(), mutual.certificate(), mutual.key()))) {
      registry.checkPush(at(tls));
      assertFails(Kind.TLS, () -> registry.checkPush(at(mutual)))
          .hasMessageContaining("is not trusted")
          .hasMessageContaining("--registry-certificate " + mutual.hostPort() + "=FILE");
    }
  }

  @Test
  void theNameInTheCertificateStillCounts() throws Exception {
    String other = "127.0.0.1:" + tls.port();
    try (Registry registry = open(options().certificate(other, tls.certificate()))) {
      assertFails(Kind.TLS, () -> registry.checkPush(ImageReference.parse(other + "/app")));
    }
  }

  @Test
  void aDirectoryOfCertificatesIsTrustedForAll() throws Exception {
    String bundle = "# a comment\n" + Files.readString(tls.certificate()) + "\nText: between\n";
    Files.writeString(directory.resolve("bundle.crt"), bundle);
    Files.writeString(directory.resolve("README"), "not a certificate");
    try (Registry registry = open(options().certificates(directory))) {
      registry.checkPush(at(tls));
    }
    try (Registry registry = open(options().certificates(directory.resolve("none")))) {
      assertFails(Kind.TLS, () -> registry.checkPush(at(tls)));
    }
  }

  @Test
  void aClientCertificateOpensTheRegistry() throws Exception {
    try (Registry registry =
        open(
            options()
                .certificate(mutual.hostPort(), mutual.certificate())
                .clientCertificate(mutual.hostPort(), mutual.certificate(), mutual.key()))) {
      registry.checkPush(at(mutual));
    }
    try (Registry registry =
        open(
            options()
                .skipTlsVerifyRegistry(mutual.hostPort())
                .clientCertificate(mutual.hostPort(), mutual.certificate(), mutual.key()))) {
      registry.checkPush(at(mutual));
    }
  }

  @Test
  void withoutAClientCertificateTheSentenceSaysWhatIsMissing() throws Exception {
    try (Registry registry = open(options().certificate(mutual.hostPort(), mutual.certificate()))) {
      // Kind and reason depend on what comes first, the server's alert or the end of its
      // connection.
      assertThatThrownBy(() -> registry.checkPush(at(mutual)))
          .isInstanceOf(RegistryException.class)
          .hasMessageMatching("(?s).*(wants a certificate|if it wants one).*")
          .hasMessageContaining("--registry-client-cert " + mutual.hostPort() + "=CERT,KEY");
    }
  }

  @Test
  void filesThatAreNoneAreNamedAndNotQuoted() throws Exception {
    Path text = Files.writeString(directory.resolve("key.pem"), "hunter2");
    try (Registry registry = open(options().certificate(tls.hostPort(), text))) {
      assertFails(Kind.TLS, () -> registry.checkPush(at(tls)))
          .hasMessageContaining("tried to read the certificate for " + tls.hostPort())
          .hasMessageNotContaining("hunter2");
    }
    try (Registry registry =
        open(options().clientCertificate(mutual.hostPort(), mutual.certificate(), text))) {
      assertFails(Kind.TLS, () -> registry.checkPush(at(mutual)))
          .hasMessageContaining("tried to read the private key for " + mutual.hostPort())
          .hasMessageNotContaining("hunter2");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, genrsa -traditional 2048",
    "RSA, genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "EC, ecparam -name prime256v1 -genkey",
    "EC, ecparam -name secp384r1 -genkey -noout",
    "EC, genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521",
    "EdDSA, genpkey -algorithm ED25519",
  })
  void keysAreReadAsOpensslWritesThem(String algorithm, String arguments) throws Exception {
    ProcessBuilder openssl =
        new ProcessBuilder(("openssl " + arguments).split(" ", -1))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    String pem =
        new String(openssl.start().getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

    Optional<PrivateKey> key = PemKey.parse(pem);

    assertThat(key).isPresent();
    assertThat(key.get().getAlgorithm()).isEqualTo(algorithm);
    if (key.get() instanceof ECPrivateKey curve) {
      assertThat(curve.getParams().getOrder().bitLength()).isGreaterThanOrEqualTo(256);
    }
  }

  private RegistryOptions.Builder options() {
    return RegistryOptions.builder().dockerConfig(directory.resolve("config")).retries(0);
  }

  private static Registry open(RegistryOptions.Builder options) throws RegistryException {
    return Registries.open(options.build());
  }

  private static ImageReference at(RegistryServer server) {
    return ImageReference.parse(server.hostPort() + "/app");
  }
}
