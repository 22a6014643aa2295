package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Artifact Registry and gcr.io: an access token for the account of {@code
 * GOOGLE_APPLICATION_CREDENTIALS}, of gcloud's application default, or of the machine.
 */
final class GoogleCredentials implements CloudProvider {
  private static final String USER = "oauth2accesstoken";

  private final Map<String, String> environment;
  private final CloudClient client;
  private final UnaryOperator<URI> address;

  GoogleCredentials(Map<String, String> environment, CloudClient client) {
    this(environment, client, UnaryOperator.identity());
  }

  /**
   * @param address where an address of Google's is, as it is
   */
  GoogleCredentials(
      Map<String, String> environment, CloudClient client, UnaryOperator<URI> address) {
    this.environment = environment;
    this.client = client;
    this.address = address;
  }

  @Override
  public boolean serves(String registry) {
    return registry.equals("gcr.io")
        || registry.endsWith(".gcr.io")
        || registry.endsWith("-docker.pkg.dev")
        || registry.endsWith(".pkg.dev");
  }

  @Override
  public Optional<Credentials> credentials(String registry) throws IOException {
    return token().map(value -> new Credentials.Password(USER, value));
  }

  /** An access token; empty if nothing here belongs to Google. */
  Optional<String> token() throws IOException {
    String named = environment.getOrDefault("GOOGLE_APPLICATION_CREDENTIALS", "");
    Path usual =
        Path.of(
            environment.getOrDefault("HOME", "/"),
            ".config",
            "gcloud",
            "application_default_credentials.json");
    return named.isEmpty() && !Files.isReadable(usual)
        ? ofMachine()
        : Optional.of(
            new GoogleAccount(named.isEmpty() ? usual : Path.of(named), client, address).token());
  }

  private Optional<String> ofMachine() throws IOException {
    String host = environment.getOrDefault("GCE_METADATA_HOST", "");
    URI uri =
        URI.create(
            "http://%s/computeMetadata/v1/instance/service-accounts/default/token"
                .formatted(host.isEmpty() ? "169.254.169.254" : host));
    try {
      String answer = client.metadata("GET", uri, Map.of("Metadata-Flavor", "Google"));
      return Optional.of(CloudClient.field(uri, CloudClient.json(uri, answer), "access_token"));
    } catch (CloudClient.UnavailableException e) {
      return Optional.empty(); // this is no machine of Google's
    }
  }
}
