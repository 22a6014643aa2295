package io.jenkins.plugins.kaniko.executor.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a registry wants to be shown who asks, from its {@code WWW-Authenticate} headers (RFC 9110,
 * section 11.6.1).
 *
 * @param scheme {@code bearer} or {@code basic}
 * @param parameters such as {@code realm} and {@code service}
 */
record Challenge(String scheme, Map<String, String> parameters) {
  private static final Pattern SCHEME =
      Pattern.compile("\\s*,?\\s*([A-Za-z][\\w-]*)(?=\\s+[\\w-]+\\s*=|\\s*(?:,|$))");
  private static final Pattern PARAMETER =
      Pattern.compile("\\s*,?\\s*([\\w-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,\"]+))");

  /** The challenge to answer: a token is preferred, since it is narrower than a password. */
  static Optional<Challenge> of(List<String> headers) {
    List<Challenge> known =
        headers.stream()
            .flatMap(header -> parse(header).stream())
            .filter(c -> c.scheme.equals("basic") || c.scheme.equals("bearer"))
            .toList();
    return known.stream()
        .filter(c -> c.scheme.equals("bearer") && c.parameters.containsKey("realm"))
        .findFirst()
        .or(() -> known.stream().filter(c -> c.scheme.equals("basic")).findFirst());
  }

  private static List<Challenge> parse(String header) {
    List<Challenge> challenges = new ArrayList<>();
    Matcher scheme = SCHEME.matcher(header);
    Matcher parameter = PARAMETER.matcher(header);
    int at = 0;
    while (at < header.length()) {
      if (parameter.region(at, header.length()).lookingAt() && !challenges.isEmpty()) {
        String value = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
        challenges
            .get(challenges.size() - 1)
            .parameters
            .put(parameter.group(1).toLowerCase(Locale.ROOT), value.replaceAll("\\\\(.)", "$1"));
        at = parameter.end();
      } else if (scheme.region(at, header.length()).lookingAt()) {
        challenges.add(
            new Challenge(scheme.group(1).toLowerCase(Locale.ROOT), new LinkedHashMap<>()));
        at = scheme.end();
      } else {
        return challenges;
      }
    }
    return challenges;
  }
}
