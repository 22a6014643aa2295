package io.jenkins.plugins.kaniko.executor.registry;

import com.google.auth.oauth2.AccessToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A file with credentials, of any kind that Google's own library reads: of a service account, of a
 * user, of another cloud or identity provider (workload identity federation), or of an account that
 * stands in for another one.
 */
final class GoogleAccount {
  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

  private final Path file;
  private final GoogleTransport transport;

  /**
   * @param address where an address is, as it is
   */
  GoogleAccount(Path file, CloudClient client, UnaryOperator<URI> address) {
    this.file = file;
    this.transport = new GoogleTransport(client, address);
  }

  /** A fresh access token. The library quotes files and answers in its messages: they end here. */
  String token() throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read", e);
    }
    try {
      var account =
          com.google.auth.oauth2.GoogleCredentials.fromStream(
              new ByteArrayInputStream(content), () -> transport);
      AccessToken token =
          (account.createScopedRequired() ? account.createScoped(SCOPE) : account)
              .refreshAccessToken();
      return Objects.requireNonNull(token.getTokenValue());
    } catch (IOException | RuntimeException e) {
      if (transport.interrupted()) {
        Thread.currentThread().interrupt();
      }
      throw new IOException(
          transport
              .trouble()
              .map(trouble -> "the account of %s got no token: %s".formatted(file, trouble))
              .orElse(
                  file
                      + " holds no credentials that can be used; check it with `gcloud auth"
                      + " application-default print-access-token`"));
    }
  }
}
