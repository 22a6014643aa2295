package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One argument of EXPOSE: {@code 80}, {@code 53/udp}, {@code 8000-8010/tcp}. A host part in front
 * ({@code 127.0.0.1:80:80}) is read, and means nothing to an image.
 *
 * @param first the first port, 0 to 65535
 * @param last the last port, inclusive
 * @param protocol tcp, udp or sctp
 * @param hostPart whether there is an address or a host port in front
 */
public record PortSpec(int first, int last, String protocol, boolean hostPart) {

  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?<host>.*:)?(?<first>\\d{1,5})(?:-(?<last>\\d{1,5}))?(?:/(?<proto>[^/]*))?");
  private static final Pattern HOST =
      Pattern.compile("(?:(?:\\[[0-9a-fA-F:.]+\\]|[0-9.]*):)?(?:\\d{1,5}(?:-\\d{1,5})?)?:");
  private static final int MAX_PORT = 65535;

  /**
   * Reads an argument after expansion.
   *
   * @throws DockerfileException without a place when it is no port
   */
  public static PortSpec parse(String text) throws DockerfileException {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new DockerfileException(
          "invalid port \"" + text + "\"; write 80, 53/udp or 8000-8010/tcp");
    }
    String host = matcher.group("host");
    int first = Integer.parseInt(matcher.group("first"));
    int last = matcher.group("last") == null ? first : Integer.parseInt(matcher.group("last"));
    String written = matcher.group("proto");
    String protocol =
        written == null || written.isEmpty() ? "tcp" : written.toLowerCase(Locale.ROOT);
    if (first > MAX_PORT || last > MAX_PORT) {
      throw new DockerfileException("port \"" + text + "\" is above " + MAX_PORT);
    }
    if (last < first) {
      throw new DockerfileException("port range \"" + text + "\" ends before it begins");
    }
    if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
      throw new DockerfileException(
          "port \""
              + text
              + "\" has the protocol "
              + written
              + ", which is none of tcp, udp, sctp");
    }
    if (host != null && !HOST.matcher(host).matches()) {
      throw new DockerfileException(
          "invalid port \"" + text + "\"; write the container's port alone, such as " + first);
    }
    return new PortSpec(first, last, protocol, host != null);
  }

  /** The single ports as an image configuration has them: {@code 80/tcp}. */
  public List<String> ports() {
    return IntStream.rangeClosed(first, last).mapToObj(port -> port + "/" + protocol).toList();
  }
}
