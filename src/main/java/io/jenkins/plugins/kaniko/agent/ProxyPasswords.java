package io.jenkins.plugins.kaniko.agent;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The passwords in the proxies of an environment ({@code http_proxy} and the like, which the
 * executor reads itself), so that the log does not show them.
 */
final class ProxyPasswords {
  private static final Pattern LOGIN = Pattern.compile("(?:[^/]*://)?([^/]*)@[^/@]*(?:/.*)?");

  private ProxyPasswords() {}

  static List<String> in(Map<String, String> environment) {
    List<String> passwords = new ArrayList<>();
    environment.forEach(
        (name, value) -> {
          Matcher login = LOGIN.matcher(value);
          if (name.toLowerCase(Locale.ROOT).endsWith("_proxy") && login.matches()) {
            String user = login.group(1);
            String password = user.substring(user.indexOf(':') + 1);
            passwords.add(password);
            passwords.add(decoded(password));
          }
        });
    return passwords;
  }

  private static String decoded(String password) {
    try {
      return URLDecoder.decode(password.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return password; // Not escaped, then.
    }
  }
}
