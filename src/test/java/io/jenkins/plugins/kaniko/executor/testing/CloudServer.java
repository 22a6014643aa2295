package io.jenkins.plugins.kaniko.executor.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Services of a cloud: answers by method and path, and remembers what it was sent. */
public final class CloudServer implements AutoCloseable {
  /** One request. */
  public record Request(String line, Map<String, List<String>> headers, String body) {
    public String header(String name) {
      return headers.entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(name))
          .map(entry -> entry.getValue().get(0))
          .findFirst()
          .orElse("");
    }
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile long delay;

  public CloudServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public String hostPort() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  public String url() {
    return "http://" + hostPort();
  }

  /** Answers a method and a path, such as {@code "GET /token"}; everything else is 404. */
  public CloudServer answer(String methodAndPath, String body) {
    return answer(methodAndPath, body.getBytes(StandardCharsets.UTF_8));
  }

  public CloudServer answer(String methodAndPath, byte[] body) {
    answers.put(methodAndPath, body);
    return this;
  }

  /** The status of all answers. */
  public void status(int newStatus) {
    status = newStatus;
  }

  /** How long everybody has to wait. */
  public void delay(long milliseconds) {
    delay = milliseconds;
  }

  public List<Request> requests() {
    return requests;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.add(
          new Request(
              exchange.getRequestMethod() + " " + exchange.getRequestURI(),
              Map.copyOf(exchange.getRequestHeaders()),
              body));
      Thread.sleep(delay);
      byte[] answer =
          answers.get(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
      byte[] bytes = answer == null ? new byte[] {'?'} : answer;
      exchange.sendResponseHeaders(answer == null ? 404 : status, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
