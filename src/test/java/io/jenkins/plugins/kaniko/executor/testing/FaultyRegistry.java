package io.jenkins.plugins.kaniko.executor.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands before a real registry over plain HTTP, remembers what it is asked, and misbehaves where a
 * test tells it to.
 */
public final class FaultyRegistry implements AutoCloseable {
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "content-length",
          "date",
          "host",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final RegistryServer behind;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
  private volatile Fault fault = (exchange, forward) -> false;

  public FaultyRegistry(RegistryServer behind) throws IOException {
    this.behind = behind;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public String hostPort() {
    return "localhost:" + server.getAddress().getPort();
  }

  public void fault(Fault newFault) {
    fault = newFault;
  }

  /** Every request so far as "METHOD /path?query". */
  public List<String> requests() {
    return requests;
  }

  public long count(String pattern) {
    return requests.stream().filter(request -> request.matches(pattern)).count();
  }

  /** How many connections have been made. */
  public int connections() {
    return connections.size();
  }

  /** Every Authorization header so far. */
  public List<String> authorizations() {
    return authorizations;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  public static void answer(HttpExchange exchange, int status, String body, String... headers)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
    }
    boolean silent = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, silent ? -1 : bytes.length);
    if (!silent) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      connections.add(exchange.getRemoteAddress());
      authorizations.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
      HttpRequest.Builder forward =
          HttpRequest.newBuilder(
              URI.create("http://" + behind.hostPort() + exchange.getRequestURI()));
      if (fault.inject(exchange, forward)) {
        return;
      }
      forward(exchange, forward);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void forward(HttpExchange exchange, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    byte[] content = exchange.getRequestBody().readAllBytes();
    request.method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(content));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(
                    value ->
                        exchange
                            .getResponseHeaders()
                            .add(name, value.replace(behind.hostPort(), hostPort())));
              }
            });
    if (exchange.getRequestMethod().equals("HEAD")) {
      response
          .headers()
          .firstValue("Content-Length")
          .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
    }
    byte[] body = response.body();
    exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** What to do instead of, or before, forwarding. */
  @FunctionalInterface
  public interface Fault {
    /**
     * Looks at one request.
     *
     * @return whether the request has been answered
     */
    boolean inject(HttpExchange exchange, HttpRequest.Builder forward) throws IOException;
  }
}
