package io.jenkins.plugins.kaniko.executor.testing;

import io.jenkins.plugins.kaniko.executor.layer.Trees;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program that listens on a loopback port, with a directory of its own. Both go when it is
 * closed.
 */
final class ServerProcess implements AutoCloseable {
  private static final int ATTEMPTS = 1_500;
  private static final int PAUSE_MILLIS = 20;

  private final Process process;
  private final Path directory;

  private ServerProcess(Process process, Path directory) {
    this.process = process;
    this.directory = directory;
  }

  /**
   * Comes back when the program accepts connections.
   *
   * @param directory the program's, with what it reads; its output goes to a file there
   */
  static ServerProcess start(ProcessBuilder command, Path directory, int port) throws IOException {
    Path log = directory.resolve("log");
    Process process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    for (int i = 0; i < ATTEMPTS && process.isAlive(); i++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return new ServerProcess(process, directory);
      } catch (IOException e) {
        pause();
      }
    }
    process.destroyForcibly();
    throw new IOException(command.command().get(0) + " did not start: " + Files.readString(log));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Trees.delete(directory);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
