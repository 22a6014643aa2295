package io.jenkins.plugins.kaniko.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The proxies of an environment ({@code http_proxy}, {@code https_proxy}, {@code no_proxy}, in
 * upper case too) as system properties, which is where a JVM looks for them.
 */
final class ProxyOptions {
  private final Map<String, String> properties = new LinkedHashMap<>();
  private final List<String> secrets = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  ProxyOptions(Map<String, String> environment) {
    for (String scheme : List.of("http", "https")) {
      String proxy = get(environment, scheme + "_proxy");
      if (!proxy.isEmpty()) {
        add(scheme, proxy);
      }
    }
    String none = get(environment, "no_proxy");
    if (!properties.isEmpty() && !none.isEmpty()) {
      properties.put("http.nonProxyHosts", hosts(none));
    }
  }

  boolean isEmpty() {
    return properties.isEmpty();
  }

  /** For {@code -XX:VMOptionsFile}: a proxy's password must not stand in a command line. */
  String optionsFile() {
    StringBuilder lines = new StringBuilder();
    properties.forEach(
        (name, value) -> {
          char quote = value.indexOf('"') < 0 ? '"' : '\'';
          lines.append("-D").append(name).append('=');
          lines.append(quote).append(value).append(quote).append('\n');
        });
    return lines.toString();
  }

  List<String> secrets() {
    return secrets;
  }

  /** Settings that cannot be used, a sentence each. */
  List<String> problems() {
    return problems;
  }

  private void add(String scheme, String proxy) {
    try {
      URI uri = new URI(proxy.contains("://") ? proxy : "http://" + proxy);
      if (uri.getHost() == null) {
        throw new URISyntaxException("", "no host");
      }
      properties.put(scheme + ".proxyHost", uri.getHost());
      int port = uri.getPort() > 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
      properties.put(scheme + ".proxyPort", Integer.toString(port));
      String user = uri.getRawUserInfo();
      if (user != null) {
        problems.add(
            "%s_proxy has a user name, and the executor does not log in to proxies yet"
                .formatted(scheme));
        String[] words = user.split(":", 2);
        properties.put(scheme + ".proxyUser", decode(words[0]));
        if (words.length > 1) {
          properties.put(scheme + ".proxyPassword", decode(words[1]));
          secrets.add(words[1]);
          secrets.add(decode(words[1]));
        }
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      // The value is not repeated: it may hold a password.
      problems.add(
          "tried to use the proxy of %s_proxy, but it is not a URL; write http://host:port"
              .formatted(scheme));
    }
  }

  private static String hosts(String none) {
    List<String> hosts = new ArrayList<>();
    for (String entry : none.split("[,\\s]+", -1)) {
      String host = entry.replaceFirst(":\\d+$", "");
      if (host.equals("*") || host.startsWith("*.")) {
        hosts.add(host);
      } else if (host.startsWith(".")) {
        hosts.add("*" + host);
      } else if (!host.isEmpty() && !host.contains("/")) {
        hosts.add(host);
        if (!host.matches("[0-9.]+|.*:.*")) {
          hosts.add("*." + host);
        }
      }
    }
    return String.join("|", hosts);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String get(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : value;
  }
}
