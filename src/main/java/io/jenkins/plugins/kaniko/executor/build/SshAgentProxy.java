package io.jenkins.plugins.kaniko.executor.build;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Stands between a command and an ssh agent, on a socket of its own: passes on questions for keys
 * and signatures, and refuses to add, remove or lock keys (draft-miller-ssh-agent, section 3).
 */
final class SshAgentProxy implements AutoCloseable {
  private static final int FAILURE = 5;
  private static final int REQUEST_IDENTITIES = 11;
  private static final int SIGN_REQUEST = 13;
  private static final int EXTENSION = 27;
  private static final Set<Integer> PASSED_ON = Set.of(REQUEST_IDENTITIES, SIGN_REQUEST, EXTENSION);
  private static final int MAX_MESSAGE = 256 * 1024;

  private final ServerSocketChannel server;
  private final Path socket;
  private final Path agent;

  private SshAgentProxy(ServerSocketChannel server, Path socket, Path agent) {
    this.server = server;
    this.socket = socket;
    this.agent = agent;
  }

  /**
   * Begins to listen.
   *
   * @param socket to be made; its path is at most 107 bytes long, a limit of the kernel
   * @param agent where the real agent listens
   */
  static SshAgentProxy start(Path socket, Path agent) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    SshAgentProxy proxy = new SshAgentProxy(server, socket, agent);
    daemon(proxy::listen);
    return proxy;
  }

  Path socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
  }

  private void listen() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        daemon(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed: the command has ended.
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        SocketChannel upstream = SocketChannel.open(UnixDomainSocketAddress.of(agent));
        DataInputStream questions = in(client);
        DataOutputStream replies = out(client);
        DataInputStream answers = in(upstream);
        DataOutputStream passed = out(upstream)) {
      while (true) {
        byte[] question = read(questions);
        if (question.length > 0 && PASSED_ON.contains(question[0] & 0xff)) {
          write(passed, question);
          write(replies, read(answers));
        } else {
          write(replies, new byte[] {FAILURE});
        }
      }
    } catch (IOException e) {
      // One of the two has hung up, and the other sees that.
    }
  }

  private static DataInputStream in(SocketChannel channel) {
    InputStream stream = Channels.newInputStream(channel);
    return new DataInputStream(stream);
  }

  private static DataOutputStream out(SocketChannel channel) {
    OutputStream stream = Channels.newOutputStream(channel);
    return new DataOutputStream(stream);
  }

  private static byte[] read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_MESSAGE) {
      throw new IOException("a message of " + length + " bytes");
    }
    return in.readNBytes(length);
  }

  private static void write(DataOutputStream out, byte[] message) throws IOException {
    byte[] framed = new byte[message.length + 4];
    java.nio.ByteBuffer.wrap(framed).putInt(message.length).put(message);
    out.write(framed);
    out.flush();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "ssh agent");
    thread.setDaemon(true);
    thread.start();
  }
}
