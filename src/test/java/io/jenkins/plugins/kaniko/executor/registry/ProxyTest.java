package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.ProxyServer;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Through a proxy, around it, and what is said when it does not let us. */
class ProxyTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static RegistryServer plain;
  private static RegistryServer tls;

  @TempDir private Path empty;

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

  @ParameterizedTest
  @CsvFileSource(resources = "/registry/no-proxy.csv", delimiter = '|')
  void exceptionsAreReadAsGoReadsThem(String value, String host, int port, boolean covered) {
    assertThat(new NoProxy(value).covers(host, port)).isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP_PROXY, http, true",
    "http_proxy, http, true",
    "HTTP_PROXY, https, false",
    "HTTPS_PROXY, https, true",
    "https_proxy, https, true",
    "HTTPS_PROXY, http, false",
    "ALL_PROXY, http, true",
    "all_proxy, https, true",
    "PROXY, https, false",
  })
  void eachVariableIsForItsScheme(String variable, String scheme, boolean used) {
    Proxies proxies = Proxies.of(Map.of(variable, "proxy.example:3128"));

    assertThat(proxies.describe(URI.create(scheme + "://registry.example/v2/")).isPresent())
        .isEqualTo(used);
  }

  @Test
  void plainHttpGoesThroughTheProxyWithItsPassword() throws Exception {
    try (ProxyServer proxy = ProxyServer.withLogin("me@corp", "p@ss:w/rd+1");
        Registry registry =
            registry("HTTP_PROXY", "http://me%40corp:p%40ss%3Aw%2Frd+1@" + proxy.hostPort())) {
      TestImage image = TestImage.of(1, ImageFormat.OCI, "linux/amd64");
      ImageReference target = at("plain.test", plain);
      image.push(registry, target);

      assertThat(registry.resolve(target, AMD64).manifestDigest())
          .isEqualTo(image.manifest().digest());
      assertThat(proxy.requests())
          .contains("GET http://plain.test:%d/v2/app/manifests/latest".formatted(plain.port()));
    }
  }

  @Test
  void tlsGoesThroughATunnelWithItsPassword() throws Exception {
    try (ProxyServer proxy = ProxyServer.withLogin("me", "secret");
        Registry registry = registry("https_proxy", "http://me:secret@" + proxy.hostPort())) {
      TestImage image = TestImage.of(2, ImageFormat.OCI, "linux/amd64");
      ImageReference target = at("tls.test", tls);
      image.push(registry, target);

      assertThat(registry.resolve(target, AMD64).manifestDigest())
          .isEqualTo(image.manifest().digest());
      assertThat(proxy.requests()).isNotEmpty().containsOnly("CONNECT tls.test:" + tls.port());
    }
  }

  @Test
  void aHostThatNoProxyNamesIsReachedDirectly() throws Exception {
    try (ProxyServer proxy = ProxyServer.open();
        Registry registry =
            Registries.open(
                options(
                        Map.of(
                            "HTTP_PROXY", proxy.hostPort(), "NO_PROXY", "other.test,.invalid:5000"))
                    .insecureRegistry("no-such-host.invalid:5000")
                    .build())) {
      ImageReference target = ImageReference.parse("no-such-host.invalid:5000/app");

      assertFails(Kind.UNREACHABLE, () -> registry.checkPush(target))
          .hasMessageContaining("the host no-such-host.invalid:5000 is unknown");
      assertThat(proxy.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "me:hunter2@"})
  void aProxyThatWantsALoginIsNamedWithoutItsPassword(String login) throws Exception {
    try (ProxyServer proxy = ProxyServer.withLogin("me", "secret");
        Registry registry = registry("ALL_PROXY", "http://" + login + proxy.hostPort())) {
      for (ImageReference target :
          new ImageReference[] {at("plain.test", plain), at("t.test", tls)}) {
        assertFails(Kind.UNREACHABLE, () -> registry.checkPush(target))
            .hasMessageContaining("but the proxy " + proxy.hostPort() + " wants a user name")
            .hasMessageNotContaining("hunter2");
      }
    }
  }

  @Test
  void aProxyThatForbidsIsNotTakenForTheRegistry() throws Exception {
    try (ProxyServer proxy = ProxyServer.forbidding();
        Registry registry = registry("ALL_PROXY", proxy.hostPort())) {
      assertFails(Kind.UNREACHABLE, () -> registry.checkPush(at("t.test", tls)))
          .hasMessage(
              "tried to push to %1$s/app, but the proxy %2$s does not let us through to %1$s (it answered 403); check NO_PROXY, or ask for the permission",
              "t.test:" + tls.port(), proxy.hostPort());
    }
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws Exception {
    String gone;
    try (ProxyServer proxy = ProxyServer.open()) {
      gone = proxy.hostPort();
    }
    try (Registry registry = registry("ALL_PROXY", "http://me:hunter2@" + gone)) {
      assertFails(Kind.UNREACHABLE, () -> registry.checkPush(at("t.test", tls)))
          .hasMessageContaining("nothing accepts connections at the proxy " + gone)
          .hasMessageNotContaining("hunter2");
    }
    try (Registry registry = registry("ALL_PROXY", "http://me:hunter2@no-such-proxy.invalid:1")) {
      assertFails(Kind.UNREACHABLE, () -> registry.checkPush(at("t.test", tls)))
          .hasMessageContaining("the proxy no-such-proxy.invalid:1 is unknown");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://me:hunter2@proxy:1080",
        "https://me:hunter2@proxy",
        "http://me:hunter2%zz@proxy",
        "http://me:hunter2@proxy:99999",
        "http://me:hunter2@"
      })
  void aVariableThatCannotBeUsedIsNamedAndNotQuoted(String value) throws Exception {
    try (Registry registry = registry("HTTPS_PROXY", value)) {
      assertFails(Kind.OTHER, () -> registry.checkPush(at("t.test", tls)))
          .hasMessageStartingWith("tried to use the proxy of HTTPS_PROXY, but ")
          .hasMessageNotContaining("hunter2");
      assertThatThrownBy(() -> registry.checkPush(at("t.test", tls))).hasNoCause();
    }
  }

  private Registry registry(String variable, String proxy) throws RegistryException {
    return Registries.open(options(Map.of(variable, proxy)).build());
  }

  private RegistryOptions.Builder options(Map<String, String> environment) {
    return RegistryOptions.builder()
        .dockerConfig(empty)
        .retries(0)
        .environment(environment)
        .insecureRegistry("plain.test:" + plain.port())
        .skipTlsVerifyRegistry("tls.test:" + tls.port());
  }

  private static ImageReference at(String host, RegistryServer server) {
    return ImageReference.parse(host + ":" + server.port() + "/app");
  }
}
