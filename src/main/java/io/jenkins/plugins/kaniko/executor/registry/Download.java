package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Fetches files by HTTP, after redirects, and puts texts. */
public final class Download {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PUT_PATIENCE = Duration.ofSeconds(30);
  private static final int MAX_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private Download() {}

  /**
   * What a request shows at an address, be it the first or where a redirect leads on the same
   * server. Others are shown nothing: a redirect must not fetch what only we may read.
   */
  @FunctionalInterface
  public interface Authorization {
    /** The value of the header; empty for none. */
    Optional<String> at(URI address) throws IOException;
  }

  /** Fetches one file without a login. */
  public static HttpResponse<Path> get(URI address, Path target, RegistryOptions options)
      throws RegistryException, IOException, InterruptedException {
    return get(address, target, options, any -> Optional.empty());
  }

  /**
   * Fetches one file, whatever the status of the answer.
   *
   * @param options where proxies and authorities are
   * @throws IllegalArgumentException if the address is not one of HTTP
   * @throws RegistryException if the proxy on the way cannot be used
   */
  public static HttpResponse<Path> get(
      URI address, Path target, RegistryOptions options, Authorization authorization)
      throws RegistryException, IOException, InterruptedException {
    Proxies proxies = options.proxies();
    URI uri = address;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpRequest.Builder request = proxies.authorize(HttpRequest.newBuilder(uri), uri);
      if (sameServer(address, uri)) {
        authorize(request, authorization.at(uri));
      }
      HttpClient client = Exchange.client(options, uri, CONNECT_TIMEOUT);
      HttpResponse<Path> response = Exchange.send(client, request.build(), whole(target), PATIENCE);
      Optional<String> location = response.headers().firstValue("Location");
      if (response.statusCode() == 407) {
        throw new IOException(
            "the proxy %s wants a user name and a password, or other ones"
                .formatted(proxies.describe(uri).orElse("on the way")));
      }
      if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
        return response;
      }
      URI next = redirected(uri, location.get());
      if ("https".equals(uri.getScheme()) && !"https".equals(next.getScheme())) {
        return response; // never down from TLS
      }
      uri = next;
    }
    throw new IOException("too many redirects");
  }

  private static void authorize(HttpRequest.Builder request, Optional<String> login)
      throws IOException {
    try {
      login.ifPresent(value -> request.setHeader("Authorization", value));
    } catch (IllegalArgumentException e) {
      // No cause: it quotes the header.
      throw new IOException("its login has characters that HTTP does not allow");
    }
  }

  private static boolean sameServer(URI one, URI other) {
    return one.getHost() != null
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI address) {
    return address.getPort() < 0 ? 443 : address.getPort(); // a login goes by https alone
  }

  private static URI redirected(URI from, String location) throws IOException {
    try {
      URI next = from.resolve(location);
      HttpRequest.newBuilder(next);
      return next;
    } catch (IllegalArgumentException e) {
      // No cause: it quotes the address, which may carry a secret.
      throw new IOException("it redirects to what is no address of HTTP");
    }
  }

  /**
   * Puts a text to an address.
   *
   * @param options where proxies and authorities are
   * @return the status of the answer
   * @throws IllegalArgumentException if the address is not one of HTTP
   * @throws RegistryException if the proxy on the way cannot be used
   */
  public static int put(URI address, String text, RegistryOptions options)
      throws RegistryException, IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "text/plain; charset=utf-8")
            .PUT(BodyPublishers.ofString(text));
    return Exchange.send(
            Exchange.client(options, address, CONNECT_TIMEOUT),
            options.proxies().authorize(request, address).build(),
            BodyHandlers.discarding(),
            PUT_PATIENCE)
        .statusCode();
  }

  /** What an earlier answer has left there goes. */
  static HttpResponse.BodyHandler<Path> whole(Path target) {
    return BodyHandlers.ofFile(
        target,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }
}
