package io.jenkins.plugins.kaniko;

import hudson.ProxyConfiguration;
import hudson.util.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The proxies of a build, as environment variables of the executor: those of the build's own
 * environment, else those of Jenkins.
 */
final class Proxies {
  private static final List<String> NAMES =
      List.of("http_proxy", "https_proxy", "all_proxy", "no_proxy");

  private Proxies() {}

  static Map<String, String> of(Map<String, String> environment, ProxyConfiguration jenkins) {
    Map<String, String> found = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (NAMES.contains(name.toLowerCase(Locale.ROOT)) && Values.isSet(value)) {
            found.put(name, value);
          }
        });
    return found.isEmpty() && jenkins != null && Values.isSet(jenkins.getName())
        ? ofJenkins(jenkins)
        : found;
  }

  private static Map<String, String> ofJenkins(ProxyConfiguration jenkins) {
    String url = "http://" + login(jenkins) + jenkins.getName().strip() + ":" + jenkins.getPort();
    Map<String, String> result = new TreeMap<>();
    result.put("HTTP_PROXY", url);
    result.put("HTTPS_PROXY", url);
    String direct =
        Values.lines(
                jenkins.getNoProxyHost() == null
                    ? ""
                    : jenkins.getNoProxyHost().replaceAll("[,|\\s]+", "\n"))
            .stream()
            // Jenkins writes *.example.org, the variable .example.org.
            .map(host -> host.startsWith("*.") ? host.substring(1) : host)
            .collect(Collectors.joining(","));
    if (!direct.isEmpty()) {
      result.put("NO_PROXY", direct);
    }
    return result;
  }

  private static String login(ProxyConfiguration jenkins) {
    if (!Values.isSet(jenkins.getUserName())) {
      return "";
    }
    Secret password = jenkins.getSecretPassword();
    return encoded(jenkins.getUserName())
        + (password == null ? "" : ":" + encoded(password.getPlainText()))
        + "@";
  }

  /** The password of Jenkins's proxy in the forms in which a log could show it. */
  static List<String> secrets(ProxyConfiguration jenkins) {
    Secret password = jenkins == null ? null : jenkins.getSecretPassword();
    return password == null || password.getPlainText().isEmpty()
        ? List.of()
        : List.of(password.getPlainText(), encoded(password.getPlainText()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
