package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes bytes between clients and a registry, and loses connections where a test tells it to: the
 * first so many connections that carry enough bytes in one direction end with a reset.
 */
public final class BadNetwork implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger resets = new AtomicInteger();
  private final int port;
  private volatile long limit = Long.MAX_VALUE;
  private volatile long pause;

  public BadNetwork(RegistryServer behind) throws IOException {
    port = behind.port();
    threads.execute(this::accept);
  }

  public String hostPort() {
    return "localhost:" + server.getLocalPort();
  }

  /** Resets a number of connections, each after so many bytes in one direction. */
  public void reset(int connections, long bytes) {
    resets.set(connections);
    limit = bytes;
  }

  /** How many connections are still to be reset. */
  public int resetsLeft() {
    return resets.get();
  }

  /** Lets the answers through one byte at a time, with a pause before each. */
  public void trickle(long milliseconds) {
    pause = milliseconds;
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
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.addAll(List.of(client, upstream));
        threads.execute(() -> pump(client, upstream, client, 0));
        threads.execute(() -> pump(upstream, client, client, pause));
      }
    } catch (IOException e) {
      return; // closed: the test is over
    }
  }

  private void pump(Socket from, Socket to, Socket client, long delay) {
    byte[] buffer = new byte[delay > 0 ? 1 : 8192];
    long total = 0;
    try (Socket ends = to) {
      InputStream in = from.getInputStream();
      OutputStream out = ends.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (delay > 0) {
          Thread.sleep(delay);
        }
        total += count;
        if (total > limit && resets.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          client.setSoLinger(true, 0);
          client.close();
          return;
        }
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      return; // the other side notices
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
