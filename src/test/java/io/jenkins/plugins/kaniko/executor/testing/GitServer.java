package io.jenkins.plugins.kaniko.executor.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Real repositories below a directory, served by git's own http-backend. A path below {@code
 * /moved/} is redirected to where {@link #movedTo} says.
 */
public final class GitServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path root;
  private final Optional<String> authorization;
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private String movedTo = "";
  private byte[] trust = {};

  private GitServer(HttpServer server, Path root, Optional<String> authorization) {
    this.server = server;
    this.root = root;
    this.authorization = authorization;
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Plain HTTP, open to everybody. */
  public static GitServer start(Path root) throws IOException {
    return new GitServer(HttpServer.create(loopback(), 0), root, Optional.empty());
  }

  /**
   * TLS with a certificate for localhost that nobody trusts.
   *
   * @param authorization the header that is asked for
   */
  public static GitServer withTls(Path root, Optional<String> authorization) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    ByteArrayOutputStream store = new ByteArrayOutputStream();
    server.setHttpsConfigurator(new HttpsConfigurator(context(store)));
    GitServer started = new GitServer(server, root, authorization);
    started.trust = store.toByteArray();
    return started;
  }

  /** A directory with {@code trust.p12}, in which this server alone is trusted: "changeit". */
  public void writeTrust(Path directory) throws IOException {
    Files.write(directory.resolve("trust.p12"), trust);
    Files.setAttribute(directory.resolve("trust.p12"), "unix:mode", 0644);
  }

  /** Host and port. */
  public String authority() {
    return "localhost:" + server.getAddress().getPort();
  }

  /** The address of a repository. */
  public String url(String repository) {
    return (server instanceof HttpsServer ? "https://" : "http://")
        + authority()
        + "/"
        + repository;
  }

  public void movedTo(String prefix) {
    movedTo = prefix;
  }

  /** Every Authorization header that came, and "none" for requests without. */
  public List<String> authorizations() {
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String header = exchange.getRequestHeaders().getFirst("Authorization");
      seen.add(header == null ? "none" : header);
      String path = exchange.getRequestURI().getPath();
      String query = exchange.getRequestURI().getRawQuery();
      if (path.startsWith("/moved/")) {
        String rest = path.substring("/moved/".length()) + (query == null ? "" : "?" + query);
        exchange.getResponseHeaders().add("Location", movedTo + rest);
        exchange.sendResponseHeaders(302, -1);
        return;
      }
      if (authorization.isPresent() && !authorization.get().equals(header)) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      Path file = root.resolve(path.substring(1));
      if (Files.isRegularFile(file) && !path.contains(".git/")) {
        exchange.sendResponseHeaders(200, Files.size(file));
        Files.copy(file, exchange.getResponseBody());
        return;
      }
      backend(exchange, path, query == null ? "" : query);
    }
  }

  private void backend(HttpExchange exchange, String path, String query) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
    Map<String, String> variables = builder.environment();
    variables.put("GIT_PROJECT_ROOT", root.toString());
    variables.put("GIT_HTTP_EXPORT_ALL", "1");
    variables.put("PATH_INFO", path);
    variables.put("QUERY_STRING", query);
    variables.put("REQUEST_METHOD", exchange.getRequestMethod());
    variables.put("GIT_CONFIG_COUNT", "1");
    variables.put("GIT_CONFIG_KEY_0", "safe.directory");
    variables.put("GIT_CONFIG_VALUE_0", "*");
    header(exchange, "Content-Type", variables, "CONTENT_TYPE");
    header(exchange, "Content-Encoding", variables, "HTTP_CONTENT_ENCODING");
    header(exchange, "Git-Protocol", variables, "GIT_PROTOCOL");
    byte[] body = exchange.getRequestBody().readAllBytes();
    variables.put("CONTENT_LENGTH", Integer.toString(body.length));
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(body);
    } catch (IOException e) {
      // It has answered without reading.
    }
    int status = 200;
    try (InputStream out = new BufferedInputStream(process.getInputStream())) {
      for (String line = line(out); !line.isEmpty(); line = line(out)) {
        String[] parts = line.split(": ", 2);
        if (parts[0].equals("Status")) {
          status = Integer.parseInt(parts[1].substring(0, 3));
        } else {
          exchange.getResponseHeaders().add(parts[0], parts[1]);
        }
      }
      exchange.sendResponseHeaders(status, 0);
      out.transferTo(exchange.getResponseBody());
    }
  }

  private static void header(
      HttpExchange exchange, String name, Map<String, String> variables, String variable) {
    String value = exchange.getRequestHeaders().getFirst(name);
    if (value != null) {
      variables.put(variable, value);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /**
   * @param store gets the certificate with its key, which is trusted where this is the trust store
   */
  private static SSLContext context(ByteArrayOutputStream store) throws IOException {
    Path directory = Files.createTempDirectory("git-server");
    Path file = directory.resolve("store.p12");
    try {
      String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
      String options =
          "-genkeypair -storetype PKCS12 -storepass changeit -alias test -keyalg EC"
              + " -dname CN=localhost -ext SAN=dns:localhost -validity 2 -keystore ";
      List<String> words = new java.util.ArrayList<>(List.of(keytool));
      words.addAll(List.of((options + file).split(" ")));
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(output);
      }
      store.writeBytes(Files.readAllBytes(file));
      char[] password = "changeit".toCharArray();
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(KeyStore.getInstance(file.toFile(), password), password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(directory);
    }
  }
}
