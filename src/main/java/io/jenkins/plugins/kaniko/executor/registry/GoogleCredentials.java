package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Artifact Registry and gcr.io: an access token for the account of {@code
 * GOOGLE_APPLICATION_CREDENTIALS}, of gcloud's application default, or of the machine.
 */
final class GoogleCredentials implements CloudProvider {
  private static final String USER = "oauth2accesstoken";
  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
  private static final String USER_TOKENS = "https://oauth2.googleapis.com/token";

  private final Map<String, String> environment;
  private final CloudClient client;
  private final Clock clock;

  GoogleCredentials(Map<String, String> environment, CloudClient client, Clock clock) {
    this.environment = environment;
    this.client = client;
    this.clock = clock;
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
        : Optional.of(ofFile(named.isEmpty() ? usual : Path.of(named)));
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

  private String ofFile(Path file) throws IOException {
    JsonNode account;
    try {
      account = new JsonMapper().readTree(Files.readAllBytes(file));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IOException(file + " is not JSON"); // no cause: it quotes the file
    } catch (IOException e) {
      throw new IOException(file + " cannot be read", e);
    }
    String type = account.path("type").asText("");
    Map<String, String> form = new LinkedHashMap<>();
    URI tokens;
    switch (type) {
      case "service_account" -> {
        tokens = URI.create(account.path("token_uri").asText(USER_TOKENS));
        form.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        form.put("assertion", assertion(file, account, tokens));
      }
      case "authorized_user" -> {
        tokens = URI.create(account.path("token_uri").asText(USER_TOKENS));
        form.put("grant_type", "refresh_token");
        form.put("client_id", account.path("client_id").asText(""));
        form.put("client_secret", account.path("client_secret").asText(""));
        form.put("refresh_token", account.path("refresh_token").asText(""));
      }
      default ->
          throw new IOException(
              "%s holds credentials of a type that is not supported; use those of a service account"
                  .formatted(file));
    }
    return CloudClient.field(tokens, client.form(tokens, form), "access_token");
  }

  /** A statement about ourselves, signed with the account's key (RFC 7523). */
  private String assertion(Path file, JsonNode account, URI audience) throws IOException {
    PrivateKey key =
        PemKey.parse(account.path("private_key").asText(""))
            .orElseThrow(() -> new IOException(file + " holds no private key"));
    long now = clock.instant().getEpochSecond();
    JsonMapper json = new JsonMapper();
    String header =
        json.createObjectNode()
            .put("alg", "RS256")
            .put("typ", "JWT")
            .put("kid", account.path("private_key_id").asText(""))
            .toString();
    String claims =
        json.createObjectNode()
            .put("iss", account.path("client_email").asText(""))
            .put("scope", SCOPE)
            .put("aud", audience.toString())
            .put("iat", now)
            .put("exp", now + 3600)
            .toString();
    String content =
        base64(header.getBytes(StandardCharsets.UTF_8))
            + "."
            + base64(claims.getBytes(StandardCharsets.UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds a private key that cannot sign", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
