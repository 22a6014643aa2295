package io.jenkins.plugins.kaniko.executor.source;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Logs in at proxies that tunnel: the JDK asks for that, and takes no header, which it would send
 * through the tunnel. No other request is answered.
 */
final class ProxyLogins extends Authenticator {
  private static final ProxyLogins INSTANCE = new ProxyLogins();

  private final Map<String, String> logins = new ConcurrentHashMap<>();

  private ProxyLogins() {}

  /** To be called before the first connection of this JVM. */
  static void install() {
    // Without it the JDK keeps passwords from proxies that tunnel.
    String property = "jdk.http.auth.tunneling.disabledSchemes";
    if (System.getProperty(property) == null) {
      System.setProperty(property, "");
    }
    Authenticator.setDefault(INSTANCE);
  }

  /**
   * Remembers a login.
   *
   * @param header the value of Proxy-Authorization
   */
  static void add(InetSocketAddress proxy, String header) {
    INSTANCE.logins.put(proxy.getHostString() + ":" + proxy.getPort(), header);
  }

  @Override
  protected PasswordAuthentication getPasswordAuthentication() {
    String header = logins.get(getRequestingHost() + ":" + getRequestingPort());
    if (getRequestorType() != RequestorType.PROXY
        || header == null
        || !header.startsWith(HttpConnections.BASIC)) {
      return null;
    }
    byte[] both = Base64.getDecoder().decode(header.substring(HttpConnections.BASIC.length()));
    String[] words = new String(both, StandardCharsets.UTF_8).split(":", 2);
    return new PasswordAuthentication(words[0], words[1].toCharArray());
  }
}
