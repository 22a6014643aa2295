package io.jenkins.plugins.kaniko.executor.registry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts of {@code NO_PROXY}: names with the names below them, {@code .name} and {@code *.name}
 * for these alone, addresses, networks such as {@code 10.0.0.0/8}, each with a port or without, and
 * {@code *} for all. Addresses are compared as they stand in the URL: no name is looked up.
 */
final class NoProxy {
  private static final Pattern WITH_PORT = Pattern.compile("(\\[[^]]*]|[^:]*):(\\d+)");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private final List<Rule> rules = new ArrayList<>();

  NoProxy(String value) {
    for (String entry : value.toLowerCase(Locale.ROOT).split(",", -1)) {
      rule(entry.strip()).ifPresent(rules::add);
    }
  }

  /**
   * Whether a host is to be reached directly.
   *
   * @param port the one that is used, given or not
   */
  boolean covers(String host, int port) {
    String name = bare(host).toLowerCase(Locale.ROOT);
    Optional<InetAddress> address = address(name);
    if (name.equals("localhost") || address.filter(InetAddress::isLoopbackAddress).isPresent()) {
      return true;
    }
    return rules.stream().anyMatch(rule -> rule.matches(name, address, port));
  }

  private static Optional<Rule> rule(String entry) {
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    if (entry.equals("*")) {
      return Optional.of((name, address, port) -> true);
    }
    Optional<Rule> network = network(entry);
    if (network.isPresent()) {
      return network;
    }
    Matcher matcher = WITH_PORT.matcher(entry);
    boolean hasPort = matcher.matches();
    String host = bare(hasPort ? matcher.group(1) : entry);
    int wanted = hasPort ? Integer.parseInt(matcher.group(2)) : 0;
    if (host.isEmpty()) {
      return Optional.empty();
    }
    Optional<InetAddress> literal = address(host);
    if (literal.isPresent()) {
      return Optional.of(
          (name, address, port) -> address.equals(literal) && (wanted == 0 || wanted == port));
    }
    String suffix = host.startsWith("*.") ? host.substring(1) : host;
    boolean itself = !suffix.startsWith(".");
    String below = itself ? "." + suffix : suffix;
    return Optional.of(
        (name, address, port) ->
            (name.endsWith(below) || (itself && name.equals(suffix)))
                && (wanted == 0 || wanted == port));
  }

  private static Optional<Rule> network(String entry) {
    int slash = entry.indexOf('/');
    Optional<InetAddress> base = slash < 0 ? Optional.empty() : address(entry.substring(0, slash));
    if (base.isEmpty() || !entry.substring(slash + 1).matches("\\d{1,3}")) {
      return Optional.empty();
    }
    byte[] prefix = base.get().getAddress();
    int bits = Integer.parseInt(entry.substring(slash + 1));
    return Optional.of(
        (name, address, port) ->
            address.filter(a -> sharesPrefix(a.getAddress(), prefix, bits)).isPresent());
  }

  private static boolean sharesPrefix(byte[] one, byte[] other, int bits) {
    if (one.length != other.length || bits > one.length * 8) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(one, 0, whole, other, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    return rest == 0 || (one[whole] & 0xff) >> (8 - rest) == (other[whole] & 0xff) >> (8 - rest);
  }

  /** An address in numbers; a name is never looked up. */
  private static Optional<InetAddress> address(String text) {
    if (!ADDRESS.matcher(text).matches()
        || (!text.contains(":") && !text.matches(".*\\..*\\..*\\..*"))) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty(); // it only looks like one
    }
  }

  private static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** One entry of the list. */
  @FunctionalInterface
  private interface Rule {
    boolean matches(String name, Optional<InetAddress> address, int port);
  }
}
