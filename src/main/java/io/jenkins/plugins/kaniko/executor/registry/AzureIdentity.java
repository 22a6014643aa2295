package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who we are to Azure: a token of Entra ID for the workload identity, the service principal or the
 * machine.
 */
final class AzureIdentity {
  private static final String ASSERTION_TYPE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  private final Map<String, String> environment;
  private final CloudClient client;
  private final String audience;

  /**
   * @param audience whom the token is for
   */
  AzureIdentity(Map<String, String> environment, CloudClient client, String audience) {
    this.environment = environment;
    this.client = client;
    this.audience = audience;
  }

  Optional<String> tenant() {
    return Optional.of(get("AZURE_TENANT_ID")).filter(name -> !name.isEmpty());
  }

  /** The token; empty if nothing here belongs to Azure. */
  Optional<String> token() throws IOException {
    String file = get("AZURE_FEDERATED_TOKEN_FILE");
    boolean named = !get("AZURE_CLIENT_ID").isEmpty() && !get("AZURE_TENANT_ID").isEmpty();
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    form.put("client_id", get("AZURE_CLIENT_ID"));
    form.put("scope", audience + "/.default");
    if (named && !file.isEmpty()) {
      form.put("client_assertion_type", ASSERTION_TYPE);
      form.put("client_assertion", Files.readString(Path.of(file)).strip());
      return Optional.of(login(form));
    }
    if (named && !get("AZURE_CLIENT_SECRET").isEmpty()) {
      form.put("client_secret", get("AZURE_CLIENT_SECRET"));
      return Optional.of(login(form));
    }
    return ofMachine();
  }

  private String login(Map<String, String> form) throws IOException {
    String host = get("AZURE_AUTHORITY_HOST");
    URI tokens =
        URI.create(
            "%s/%s/oauth2/v2.0/token"
                .formatted(
                    host.isEmpty()
                        ? "https://login.microsoftonline.com"
                        : host.replaceFirst("/+$", ""),
                    get("AZURE_TENANT_ID")));
    return CloudClient.field(tokens, client.form(tokens, form), "access_token");
  }

  private Optional<String> ofMachine() throws IOException {
    String host = get("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    Map<String, String> query = new LinkedHashMap<>();
    query.put("api-version", "2018-02-01");
    query.put("resource", audience);
    if (!get("AZURE_CLIENT_ID").isEmpty()) {
      query.put("client_id", get("AZURE_CLIENT_ID"));
    }
    URI uri =
        URI.create(
            (host.isEmpty() ? "http://169.254.169.254" : host.replaceFirst("/+$", ""))
                + "/metadata/identity/oauth2/token?"
                + CloudClient.encode(query));
    try {
      String answer = client.metadata("GET", uri, Map.of("Metadata", "true"));
      return Optional.of(CloudClient.field(uri, CloudClient.json(uri, answer), "access_token"));
    } catch (CloudClient.UnavailableException e) {
      return Optional.empty(); // this is no machine of Azure's
    }
  }

  private String get(String name) {
    return environment.getOrDefault(name, "").strip();
  }
}
