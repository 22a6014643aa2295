package io.jenkins.plugins.kaniko.executor.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The sockets that one command may ask for signatures, and the agents behind them. */
final class SshAgents implements AutoCloseable {
  private static final int SOCKET_TYPE = 0140000;
  private static final int TYPE_MASK = 0170000;
  private static final int MAX_SOCKET_PATH = 107;
  private static final int SECONDS_TO_START = 10;

  private final Path directory;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private int sockets;

  /**
   * @param directory private to the build, empty
   */
  SshAgents(Path directory) {
    this.directory = directory;
  }

  /**
   * A new socket.
   *
   * @param keysOrSocket one socket of an agent, or files of private keys
   * @throws IOException with a sentence
   */
  Path socket(String id, List<Path> keysOrSocket, int mode, int uid, int gid)
      throws IOException, InterruptedException {
    Path agent = keysOrSocket.get(0);
    if (keysOrSocket.size() > 1 || !isSocket(agent)) {
      agent = agentWith(id, keysOrSocket);
    }
    SshAgentProxy proxy = SshAgentProxy.start(newSocket(), agent);
    open.push(proxy);
    Files.setAttribute(proxy.socket(), "unix:uid", uid);
    Files.setAttribute(proxy.socket(), "unix:gid", gid);
    Files.setAttribute(proxy.socket(), "unix:mode", mode);
    return proxy.socket();
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (IOException e) {
        failure = e;
      } catch (Exception e) {
        failure = new IOException(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private Path agentWith(String id, List<Path> keys) throws IOException, InterruptedException {
    Path socket = newSocket();
    Process agent;
    try {
      agent =
          new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new IOException(
          "tried to hold the keys of --ssh "
              + id
              + ", but ssh-agent cannot be started here; install openssh-client, or give the"
              + " socket of an agent",
          e);
    }
    open.push(agent::destroyForcibly);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_START);
    while (!Files.exists(socket) && agent.isAlive() && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    for (Path key : keys) {
      add(id, socket, key);
    }
    return socket;
  }

  private static void add(String id, Path socket, Path key)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("ssh-add", "-q", key.toString()).redirectErrorStream(true);
    builder.environment().put("SSH_AUTH_SOCK", socket.toString());
    builder.environment().keySet().removeAll(List.of("DISPLAY", "SSH_ASKPASS"));
    Process adding = builder.start();
    adding.getOutputStream().close();
    byte[] words = adding.getInputStream().readAllBytes();
    if (adding.waitFor() != 0) {
      String said = new String(words, StandardCharsets.UTF_8).strip();
      List<String> lines = new ArrayList<>(said.lines().filter(l -> !l.isBlank()).toList());
      throw new IOException(
          "tried to use the key "
              + key
              + " of --ssh "
              + id
              + ", but ssh-add refused it"
              + (lines.isEmpty() ? "" : " (" + lines.get(lines.size() - 1).strip() + ")")
              + "; give a key without a passphrase, or the socket of an agent");
    }
  }

  private Path newSocket() throws IOException {
    Files.createDirectories(directory);
    Path socket = directory.resolve(Integer.toString(sockets++));
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
      throw new IOException(
          "tried to make the socket "
              + socket
              + ", but its path is longer than the kernel allows; choose a shorter --store-dir");
    }
    Files.deleteIfExists(socket);
    return socket;
  }

  private static boolean isSocket(Path path) throws IOException {
    return Files.exists(path)
        && ((Integer) Files.getAttribute(path, "unix:mode", new LinkOption[0]) & TYPE_MASK)
            == SOCKET_TYPE;
  }
}
