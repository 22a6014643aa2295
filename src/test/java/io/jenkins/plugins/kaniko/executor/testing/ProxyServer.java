package io.jenkins.plugins.kaniko.executor.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A forward proxy that knows every host name: all of them are this machine's loopback address. */
public final class ProxyServer implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Optional<String> login;
  private final boolean forbidding;

  private ProxyServer(Optional<String> login, boolean forbidding) throws IOException {
    this.login = login;
    this.forbidding = forbidding;
    threads.execute(this::accept);
  }

  /** Lets everybody through. */
  public static ProxyServer open() throws IOException {
    return new ProxyServer(Optional.empty(), false);
  }

  /** Lets only those through who know the user and the password. */
  public static ProxyServer withLogin(String user, String password) throws IOException {
    String pair = user + ":" + password;
    return new ProxyServer(
        Optional.of(Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))),
        false);
  }

  /** Answers everything with 403. */
  public static ProxyServer forbidding() throws IOException {
    return new ProxyServer(Optional.empty(), true);
  }

  public String hostPort() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** The request lines that were let through, without the version. */
  public List<String> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        sockets.add(client);
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      return; // closed: the test is over
    }
  }

  private void serve(Socket client) {
    try (client) {
      List<String> head = readHead(client.getInputStream());
      String[] words = head.get(0).split(" ", -1);
      String credentials =
          head.stream()
              .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("proxy-auth"))
              .map(line -> line.replaceFirst("(?i)proxy-authorization: Basic ", ""))
              .findFirst()
              .orElse("");
      if (forbidding) {
        write(client, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      if (login.isPresent() && !login.get().equals(credentials)) {
        write(
            client,
            "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      requests.add(words[0] + " " + words[1]);
      boolean tunnel = words[0].equals("CONNECT");
      URI target = URI.create(tunnel ? "https://" + words[1] : words[1]);
      try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target.getPort())) {
        if (tunnel) {
          write(client, "HTTP/1.1 200 OK\r\n\r\n");
        } else {
          String path =
              target.getRawPath()
                  + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery());
          StringBuilder forward = new StringBuilder(words[0] + " " + path + " HTTP/1.1\r\n");
          head.stream()
              .skip(1)
              .filter(line -> !line.matches("(?i)(proxy-|connection:|upgrade|http2).*"))
              .forEach(line -> forward.append(line).append("\r\n"));
          write(upstream, forward + "Connection: close\r\n\r\n");
        }
        threads.execute(() -> pump(client, upstream));
        if (!tunnel) {
          // Or the client might send its next request to where nobody reads any more.
          List<String> answer = readHead(upstream.getInputStream());
          write(client, String.join("\r\n", answer) + "\r\nConnection: close\r\n\r\n");
        }
        pump(upstream, client);
      }
    } catch (IOException e) {
      return; // the other side notices
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      return; // one of them is closed: so will be the other
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static List<String> readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1).strip().lines().toList();
  }
}
