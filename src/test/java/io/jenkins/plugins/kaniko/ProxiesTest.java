package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import hudson.ProxyConfiguration;
import hudson.util.Secret;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  private final ProxyConfiguration jenkins = mock(ProxyConfiguration.class);

  @Test
  void theEnvironmentsOwnProxiesWin() {
    when(jenkins.getName()).thenReturn("proxy.example");

    assertThat(
            Proxies.of(Map.of("https_proxy", "http://p:1", "NO_PROXY", "x", "OTHER", "y"), jenkins))
        .containsOnly(Map.entry("https_proxy", "http://p:1"), Map.entry("NO_PROXY", "x"));
  }

  @Test
  void jenkinssProxyIsTheFallback() {
    Secret password = mock(Secret.class);
    when(password.getPlainText()).thenReturn("p@ss word");
    when(jenkins.getName()).thenReturn("proxy.example");
    when(jenkins.getPort()).thenReturn(3128);
    when(jenkins.getUserName()).thenReturn("user");
    when(jenkins.getSecretPassword()).thenReturn(password);
    when(jenkins.getNoProxyHost()).thenReturn("*.example.org\nlocalhost, 10.0.0.1");

    String url = "http://user:p%40ss%20word@proxy.example:3128";
    assertThat(Proxies.of(Map.of(), jenkins))
        .containsOnly(
            Map.entry("HTTP_PROXY", url),
            Map.entry("HTTPS_PROXY", url),
            Map.entry("NO_PROXY", ".example.org,localhost,10.0.0.1"));
    assertThat(Proxies.secrets(jenkins)).containsExactly("p@ss word", "p%40ss%20word");
  }

  @Test
  void withoutAnyProxyThereIsNone() {
    assertThat(Proxies.of(Map.of("http_proxy", ""), null)).isEmpty();
    assertThat(Proxies.of(Map.of(), jenkins)).isEmpty();
    assertThat(Proxies.secrets(null)).isEmpty();
  }
}
