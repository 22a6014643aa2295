package io.jenkins.plugins.kaniko.executor.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
  @TempDir private Path directory;

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

      Download.get(address, directory.resolve("target"));

      assertThat(directory.resolve("target")).hasContent("content");
    } finally {
      server.stop(0);
    }
  }
}
