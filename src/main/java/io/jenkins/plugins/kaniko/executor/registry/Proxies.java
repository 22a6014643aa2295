package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The proxies that an environment names, read as programs written in Go read it: {@code
 * HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}, in capitals or not, each for the scheme of
 * the URL; loopback hosts are always reached directly. {@code ALL_PROXY} is for what the others do
 * not name. An environment without proxies leaves the choice to the JVM's own properties.
 */
public final class Proxies {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?<login>.*)@)?(?<host>\\[[^]]+]|[^:/?#\\[\\]\\s]+)(?::(?<port>\\d{1,5}))?(?:[/?#].*)?");

  static {
    // The JDK keeps passwords from proxies that tunnel, unless this is said before its first use.
    String property = "jdk.http.auth.tunneling.disabledSchemes";
    if (System.getProperty(property) == null) {
      System.setProperty(property, "");
    }
  }

  private final Map<String, String> environment;
  private final NoProxy direct;

  private Proxies(Map<String, String> environment) {
    this.environment = environment;
    this.direct = new NoProxy(variable("no_proxy").map(Map.Entry::getValue).orElse(""));
  }

  public static Proxies of(Map<String, String> environment) {
    return new Proxies(environment);
  }

  /** Lets a client go through the proxies. Each of its requests needs {@link #authorize} too. */
  public HttpClient.Builder install(HttpClient.Builder client) {
    return isEmpty() ? client : client.proxy(new Selector());
  }

  /**
   * Shows the proxy of a request who asks, if the environment says how.
   *
   * @throws RegistryException if the proxy that is named for this address cannot be used
   */
  public HttpRequest.Builder authorize(HttpRequest.Builder request, URI target)
      throws RegistryException {
    Optional<Route> route = route(target);
    route.flatMap(Route::login).ifPresent(l -> request.setHeader("Proxy-Authorization", l));
    return request;
  }

  /** The proxy on the way to an address, as host and port; empty if there is none. */
  public Optional<String> describe(URI target) {
    try {
      return route(target).map(Route::name);
    } catch (RegistryException e) {
      return Optional.empty(); // said by who sends the request
    }
  }

  private boolean isEmpty() {
    return Stream.of("http_proxy", "https_proxy", "all_proxy")
        .allMatch(name -> variable(name).isEmpty());
  }

  /**
   * What stands on the way to an address, for clients of other kinds; empty if there is nothing.
   */
  public Optional<Route> route(URI target) throws RegistryException {
    boolean encrypted = "https".equals(target.getScheme());
    int port = target.getPort() > 0 ? target.getPort() : encrypted ? 443 : 80;
    if (target.getHost() == null || direct.covers(target.getHost(), port)) {
      return Optional.empty();
    }
    Optional<Map.Entry<String, String>> found =
        variable(encrypted ? "https_proxy" : "http_proxy").or(() -> variable("all_proxy"));
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(parse(found.get().getKey(), found.get().getValue()));
  }

  /** What it is called here, and its value; an empty one counts as none. */
  private Optional<Map.Entry<String, String>> variable(String name) {
    return Stream.of(name.toUpperCase(Locale.ROOT), name)
        .filter(spelling -> !environment.getOrDefault(spelling, "").isBlank())
        .map(spelling -> Map.entry(spelling, environment.get(spelling).strip()))
        .findFirst();
  }

  private static Route parse(String variable, String value) throws RegistryException {
    Matcher matcher = ADDRESS.matcher(value);
    if (!matcher.matches()) {
      throw unusable(variable, "its value is no address"); // which may hold a password
    }
    String scheme =
        Optional.ofNullable(matcher.group("scheme")).orElse("http").toLowerCase(Locale.ROOT);
    if (!scheme.equals("http")) {
      throw unusable(variable, "proxies of the kind %s:// are not supported".formatted(scheme));
    }
    String given = matcher.group("port");
    int port = given == null ? 80 : Integer.parseInt(given);
    if (port < 1 || port > 65535) {
      throw unusable(variable, "its port is no port");
    }
    String host = matcher.group("host");
    try {
      return new Route(
          InetSocketAddress.createUnresolved(host.replaceAll("[\\[\\]]", ""), port),
          host + ":" + port,
          Optional.ofNullable(matcher.group("login")).map(Proxies::basic));
    } catch (IllegalArgumentException e) {
      // No cause: it quotes the password.
      throw unusable(variable, "its user name or password is not percent-encoded");
    }
  }

  private static RegistryException unusable(String variable, String problem) {
    return new RegistryException(
        Kind.OTHER,
        "tried to use the proxy of %s, but %s; write http://host:port or http://user:password@host:port"
            .formatted(variable, problem));
  }

  private static String basic(String login) {
    String[] words = login.split(":", 2);
    String pair = decode(words[0]) + ":" + (words.length > 1 ? decode(words[1]) : "");
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /**
   * A proxy.
   *
   * @param address not resolved
   * @param name host and port, for messages
   * @param login the value of Proxy-Authorization: a secret
   */
  public record Route(InetSocketAddress address, String name, Optional<String> login) {
    @Override
    public String toString() {
      return name;
    }
  }

  private final class Selector extends ProxySelector {
    @Override
    public List<Proxy> select(URI target) {
      try {
        return route(target)
            .map(route -> List.of(new Proxy(Proxy.Type.HTTP, route.address())))
            .orElse(List.of(Proxy.NO_PROXY));
      } catch (RegistryException e) {
        throw new IllegalArgumentException(e); // authorize() has said it before
      }
    }

    @Override
    public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
      // The request fails with the same exception.
    }
  }
}
