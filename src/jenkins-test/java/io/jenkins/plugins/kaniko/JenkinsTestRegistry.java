package io.jenkins.plugins.kaniko;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * A registry on the loopback address, plain HTTP: the machine's docker-registry, or where there is
 * none, one of its own that keeps what is pushed in memory.
 */
final class JenkinsTestRegistry implements AutoCloseable {
  private final int port;
  private final AutoCloseable server;

  private JenkinsTestRegistry(int port, AutoCloseable server) {
    this.port = port;
    this.server = server;
  }

  static JenkinsTestRegistry start() throws Exception {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "docker-registry")));
    return installed ? installed() : embedded();
  }

  static JenkinsTestRegistry embedded() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Memory memory = new Memory();
    var threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/v2/", memory::answer);
    server.start();
    return new JenkinsTestRegistry(
        server.getAddress().getPort(),
        () -> {
          server.stop(0);
          threads.shutdownNow();
        });
  }

  private static JenkinsTestRegistry installed() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path directory = Files.createTempDirectory("registry");
    Path config =
        Files.writeString(
            directory.resolve("config.yml"),
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: %s\nhttp:\n  addr: 127.0.0.1:%d\n"
                .formatted(directory, port));
    Process process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    for (int i = 0; i < 200 && process.isAlive(); i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return new JenkinsTestRegistry(port, process::destroyForcibly);
      } catch (IOException e) {
        Thread.sleep(50);
      }
    }
    throw new IOException("docker-registry: " + Files.readString(directory.resolve("log")));
  }

  String hostPort() {
    return "localhost:" + port;
  }

  @Override
  public void close() throws Exception {
    server.close();
  }

  /** As much of the distribution specification as a push and a pull need. */
  private static final class Memory {
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, String> types = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();

    void answer(HttpExchange exchange) throws IOException {
      String path = exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      try (exchange) {
        if (path.contains("/blobs/uploads/")) {
          upload(exchange, path, body);
        } else if (exchange.getRequestMethod().equals("PUT")) {
          String digest = digest(body);
          String name = path.substring(0, path.lastIndexOf('/') + 1);
          for (String key : new String[] {path, name + digest}) {
            blobs.put(key, body);
            types.put(key, exchange.getRequestHeaders().getFirst("Content-Type"));
          }
          exchange.getResponseHeaders().set("Docker-Content-Digest", digest);
          exchange.sendResponseHeaders(201, -1);
        } else if (path.equals("/v2/")) {
          exchange.sendResponseHeaders(200, -1);
        } else {
          read(exchange, path);
        }
      }
    }

    private void upload(HttpExchange exchange, String path, byte[] body) throws IOException {
      String method = exchange.getRequestMethod();
      String id = method.equals("POST") ? UUID.randomUUID().toString() : last(path);
      String repository = path.substring(0, path.indexOf("/blobs/uploads/"));
      ByteArrayOutputStream upload =
          uploads.computeIfAbsent(id, key -> new ByteArrayOutputStream());
      upload.writeBytes(body);
      if (method.equals("PUT")) {
        byte[] content = uploads.remove(id).toByteArray();
        blobs.put(repository + "/blobs/" + digest(content), content);
        exchange.getResponseHeaders().set("Docker-Content-Digest", digest(content));
        exchange.sendResponseHeaders(201, -1);
      } else {
        exchange.getResponseHeaders().set("Location", repository + "/blobs/uploads/" + id);
        exchange.getResponseHeaders().set("Docker-Upload-UUID", id);
        exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, upload.size() - 1));
        exchange.sendResponseHeaders(202, -1);
      }
    }

    private void read(HttpExchange exchange, String path) throws IOException {
      byte[] content = blobs.get(path);
      if (content == null) {
        byte[] error =
            "{\"errors\":[{\"code\":\"UNKNOWN\"}]}".getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(404, head ? -1 : error.length);
        if (!head) {
          exchange.getResponseBody().write(error);
        }
        return;
      }
      exchange
          .getResponseHeaders()
          .set("Content-Type", types.getOrDefault(path, "application/octet-stream"));
      exchange.getResponseHeaders().set("Docker-Content-Digest", digest(content));
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
        exchange.sendResponseHeaders(200, -1);
      } else {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
      }
    }

    private static String last(String path) {
      return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String digest(byte[] content) throws IOException {
      try {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(content);
        return "sha256:" + HexFormat.of().formatHex(sum);
      } catch (NoSuchAlgorithmException e) {
        throw new IOException(e);
      }
    }
  }
}
