package io.jenkins.plugins.kaniko.executor.source;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.shell.ProcessShellFactory;

/** A real ssh server on a free loopback port that runs what it is asked to. */
final class SshGitServer implements AutoCloseable {
  private final SshServer server;
  private final String hostKey;

  private SshGitServer(SshServer server, String hostKey) {
    this.server = server;
    this.hostKey = hostKey;
  }

  /**
   * Starts one.
   *
   * @param publicKey the one line that authorized_keys has
   */
  static SshGitServer start(String publicKey) throws IOException {
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    SimpleGeneratorHostKeyProvider keys = new SimpleGeneratorHostKeyProvider();
    keys.setAlgorithm("EC");
    server.setKeyPairProvider(keys);
    PublicKey expected = key(publicKey.strip());
    server.setPublickeyAuthenticator((user, key, session) -> KeyUtils.compareKeys(expected, key));
    server.setCommandFactory(
        (channel, command) ->
            new ProcessShellFactory(command, "sh", "-c", command).createShell(channel));
    server.start();
    return new SshGitServer(
        server, PublicKeyEntry.toString(keys.loadKeys(null).iterator().next().getPublic()));
  }

  private static PublicKey key(String line) throws IOException {
    try {
      return AuthorizedKeyEntry.parseAuthorizedKeyEntry(line)
          .resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  String url(Path repository) {
    return "ssh://tester@127.0.0.1:" + server.getPort() + repository;
  }

  /** The line that known_hosts has of it. */
  String knownHost() {
    return "[127.0.0.1]:" + server.getPort() + " " + hostKey + "\n";
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }
}
