package io.jenkins.plugins.kaniko.executor.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.util.HttpSupport;

/**
 * Recognises repositories that name their objects by SHA-256: JGit knows SHA-1 alone, and servers
 * just close the connection then.
 */
final class NewHash {
  private static final Pattern NAME = Pattern.compile("\\b[0-9a-f]{64}\\b");
  private static final String CLOSED = "Short read";
  private static final int LONGEST = 1 << 16;
  private static final int PATIENCE = 10_000;

  private final GitAddress address;
  private final GitSettings settings;

  NewHash(GitAddress address, GitSettings settings) {
    this.address = address;
    this.settings = settings;
  }

  /** Why a fetch failed, if that is it. */
  Optional<String> reason(TransportException failure) {
    String message = String.valueOf(failure.getMessage());
    boolean closed = message.contains(CLOSED) && address.scheme().startsWith("http");
    boolean found =
        NAME.matcher(message).find() || (closed && introduction().contains("object-format=sha256"));
    return found
        ? Optional.of("its objects are named by SHA-256, which JGit cannot read; use one of SHA-1")
        : Optional.empty();
  }

  /** What a server of HTTP says first; nothing where it says nothing. */
  private String introduction() {
    try {
      URL url = new URL(address.remote() + "/info/refs?service=git-upload-pack");
      HttpConnection connection = new HttpConnections(address, settings).create(url);
      if (settings.skipTls() && url.getProtocol().equals("https")) {
        HttpSupport.disableSslVerify(connection);
      }
      connection.setConnectTimeout(PATIENCE);
      connection.setReadTimeout(PATIENCE);
      connection.setRequestProperty("Git-Protocol", "version=2");
      try (InputStream in = connection.getInputStream()) {
        return new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1);
      }
    } catch (IOException e) {
      return ""; // the failure of the fetch is told
    }
  }
}
