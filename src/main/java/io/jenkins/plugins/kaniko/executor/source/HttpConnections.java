package io.jenkins.plugins.kaniko.executor.source;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnectionFactory;

/**
 * Connections that carry a credential to the host that it belongs to, by https, wherever a redirect
 * leads.
 */
final class HttpConnections implements HttpConnectionFactory {
  static final String BASIC = "Basic ";

  static {
    ProxyLogins.install();
  }

  private final HttpConnectionFactory plain = new JDKHttpConnectionFactory();
  private final GitAddress address;
  private final GitSettings settings;

  HttpConnections(GitAddress address, GitSettings settings) {
    this.address = address;
    this.settings = settings;
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    return create(url, Proxy.NO_PROXY);
  }

  @Override
  public HttpConnection create(URL url, Proxy standard) throws IOException {
    Optional<GitSettings.Proxy> proxy = settings.proxies().find(uri(url));
    boolean tls = url.getProtocol().equals("https");
    Optional<String> login = proxy.flatMap(GitSettings.Proxy::login);
    if (tls && login.isPresent()) {
      ProxyLogins.add(proxy.get().address(), login.get());
    }
    HttpConnection connection = plain.create(url, proxy.map(HttpConnections::of).orElse(standard));
    if (!tls && login.isPresent()) {
      connection.setRequestProperty("Proxy-Authorization", login.get());
    }
    if (tls) {
      Optional<String> header = header(url);
      if (header.isPresent()) {
        connection.setRequestProperty("Authorization", header.get());
      }
    }
    return connection;
  }

  private Optional<String> header(URL url) throws IOException {
    boolean own = authority(url).equals(address.authority());
    if (own && address.userInfo().isPresent()) {
      return Optional.of(basic(address.userInfo().get()));
    }
    return settings.authorization().header(authority(url));
  }

  /** Of {@code USER:PASSWORD}. */
  static String basic(String userInfo) {
    String both = userInfo.contains(":") ? userInfo : userInfo + ":";
    return BASIC + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }

  private static Proxy of(GitSettings.Proxy proxy) {
    return new Proxy(
        Proxy.Type.HTTP,
        new InetSocketAddress(proxy.address().getHostString(), proxy.address().getPort()));
  }

  private static URI uri(URL url) throws IOException {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new IOException("that is no URL", e);
    }
  }

  private static String authority(URL url) {
    String port =
        url.getPort() < 0 || url.getPort() == url.getDefaultPort() ? "" : ":" + url.getPort();
    return url.getHost().toLowerCase(Locale.ROOT) + port;
  }
}
