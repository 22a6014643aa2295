package io.jenkins.plugins.kaniko.executor.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;

/**
 * Speaks ssh through the program of that name. It reads no configuration, asks nobody, forwards
 * nothing, and connects to hosts alone whose keys are known.
 */
final class SshProgram extends SshSessionFactory {
  private static final int SOCKET_TYPE = 0140000;
  private static final int TYPE_MASK = 0170000;
  private static final int SECONDS_TO_CONNECT = 30;

  private final GitSettings settings;

  SshProgram(GitSettings settings) {
    this.settings = settings;
  }

  @Override
  public String getType() {
    return "program";
  }

  @Override
  public RemoteSession getSession(
      URIish uri, CredentialsProvider credentials, FS fs, int milliseconds)
      throws TransportException {
    try {
      return new Session(command(uri), settings);
    } catch (IOException e) {
      throw new TransportException(uri, e.getMessage(), e);
    }
  }

  private List<String> command(URIish uri) throws IOException {
    List<String> words = new ArrayList<>(List.of("ssh", "-F", "none", "-a", "-x", "-T"));
    option(words, "BatchMode=yes");
    option(words, "StrictHostKeyChecking=yes");
    option(words, "ClearAllForwardings=yes");
    option(words, "ConnectTimeout=" + SECONDS_TO_CONNECT);
    option(words, "UpdateHostKeys=no");
    option(words, "GlobalKnownHostsFile=/etc/ssh/ssh_known_hosts");
    option(words, "UserKnownHostsFile=" + Path.of(home(), ".ssh", "known_hosts"));
    boolean keys = false;
    for (Path file : settings.ssh().orElse(List.of())) {
      if (!isSocket(file)) {
        words.addAll(List.of("-i", file.toString()));
        keys = true;
      }
    }
    if (keys) {
      option(words, "IdentitiesOnly=yes");
    } else {
      option(words, "IdentityFile=none");
    }
    if (uri.getPort() > 0) {
      words.addAll(List.of("-p", Integer.toString(uri.getPort())));
    }
    if (uri.getUser() != null) {
      words.addAll(List.of("-l", uri.getUser()));
    }
    words.addAll(List.of("--", uri.getHost()));
    return words;
  }

  private static void option(List<String> words, String option) {
    words.addAll(List.of("-o", option));
  }

  private String home() {
    return settings.environment().getOrDefault("HOME", "/nonexistent");
  }

  private static boolean isSocket(Path path) throws IOException {
    return ((Integer) Files.getAttribute(path, "unix:mode") & TYPE_MASK) == SOCKET_TYPE;
  }

  /** One connection is one process. */
  private static final class Session implements RemoteSession {
    private final List<String> command;
    private final GitSettings settings;
    private final List<Process> running = new ArrayList<>();

    Session(List<String> command, GitSettings settings) {
      this.command = command;
      this.settings = settings;
    }

    @Override
    public Process exec(String remoteCommand, int timeout) throws IOException {
      List<String> words = new ArrayList<>(command);
      words.add(remoteCommand);
      ProcessBuilder builder = new ProcessBuilder(words);
      builder.environment().keySet().retainAll(List.of("PATH", "LC_ALL", "LANG"));
      for (Path file : settings.ssh().orElse(List.of())) {
        if (isSocket(file)) {
          builder.environment().put("SSH_AUTH_SOCK", file.toString());
        }
      }
      Process process;
      try {
        process = new PatientProcess(builder.start());
      } catch (IOException e) {
        throw new IOException("ssh cannot be started here; install openssh-client", e);
      }
      running.add(process);
      return process;
    }

    @Override
    public void disconnect() {
      for (Process process : running) {
        process.destroy();
        try {
          if (!process.waitFor(1, TimeUnit.SECONDS)) {
            process.destroyForcibly();
          }
        } catch (InterruptedException e) {
          process.destroyForcibly();
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
