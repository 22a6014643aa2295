package io.jenkins.plugins.kaniko.executor.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.kaniko.executor.testing.CloudServer;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadTest {
  @TempDir private Path directory;

  @Test
  void anAnswerThatStallsEndsInASentence() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread stalling =
          new Thread(
              () -> {
                try {
                  server
                      .accept()
                      .getOutputStream()
                      .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour".getBytes(UTF_8));
                } catch (IOException e) {
                  // On a busy machine nobody may have come before the patience was over.
                  if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                  }
                }
              });
      stalling.start();
      URI address = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");

      assertThatThrownBy(
              () ->
                  Exchange.send(
                      HttpClient.newHttpClient(),
                      HttpRequest.newBuilder(address).build(),
                      BodyHandlers.ofString(),
                      Duration.ofMillis(300)))
          .hasMessage("nothing came for 1 seconds");
    }
  }

  @Test
  void theAuthoritiesOfTheOptionsAreTrusted() throws Exception {
    try (RegistryServer server = RegistryServer.withTls()) {
      URI address = URI.create("https://" + server.hostPort() + "/v2/");
      Path target = directory.resolve("target");
      RegistryOptions known = RegistryOptions.builder().certificates(server.certificate()).build();

      assertThat(Download.get(address, target, known).statusCode()).isEqualTo(200);
      assertThat(Download.put(address, "text", known)).isPositive();
      assertThatThrownBy(() -> Download.get(address, target, RegistryOptions.builder().build()))
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void nothingOfARedirectStaysInTheFile() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean first = exchange.getRequestURI().getPath().equals("/first");
          byte[] body =
              (first ? "a long page about where it has gone" : "content")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Location", "/second");
          exchange.sendResponseHeaders(first ? 302 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/first");

      Download.get(address, directory.resolve("target"), RegistryOptions.builder().build());

      assertThat(directory.resolve("target")).hasContent("content");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void everyAddressIsShownItsOwnLogin() throws Exception {
    List<String> shown = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          shown.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
          int next = Integer.parseInt(path.substring(1)) + 1;
          exchange.getResponseHeaders().set("Location", "/" + next);
          exchange.sendResponseHeaders(next < 4 ? 302 : 200, -1);
          exchange.close();
        });
    server.start();
    try {
      Download.get(
          URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/1"),
          directory.resolve("target"),
          RegistryOptions.builder().build(),
          address ->
              address.getPath().equals("/2") ? Optional.empty() : Optional.of(address.getPath()));

      assertThat(shown).containsExactly("/1 /1", "/2 null", "/3 /3");
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer hun\nter2", "Bearer hunter2\u0416"})
  void aLoginThatNoHeaderCanHoldIsNotRepeated(String login) {
    assertThatThrownBy(
            () ->
                Download.get(
                    URI.create("http://127.0.0.1:1/"),
                    directory.resolve("target"),
                    RegistryOptions.builder().build(),
                    address -> Optional.of(login)))
        .isInstanceOf(IOException.class)
        .hasMessage("its login has characters that HTTP does not allow")
        .hasNoCause();
  }

  @Test
  void aServerCannotHaveTheFileOfAnotherFetchedWithItsLogin() throws Exception {
    List<String> shown = new CopyOnWriteArrayList<>();
    try (CloudServer known = new CloudServer()) {
      known.answer("GET /file", "content");
      HttpServer deceiver =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      deceiver.createContext(
          "/",
          exchange -> {
            shown.add(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getResponseHeaders().set("Location", known.url() + "/file");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
          });
      deceiver.start();
      try {
        Download.get(
            URI.create("http://127.0.0.1:" + deceiver.getAddress().getPort() + "/"),
            directory.resolve("target"),
            RegistryOptions.builder().build(),
            address -> Optional.of("for " + address.getPort()));

        assertThat(shown).containsExactly("for " + deceiver.getAddress().getPort());
        assertThat(known.requests().get(0).header("Authorization")).isEmpty();
      } finally {
        deceiver.stop(0);
      }
    }
  }
}
