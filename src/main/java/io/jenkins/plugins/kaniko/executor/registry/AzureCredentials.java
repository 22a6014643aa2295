package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Azure Container Registry: a token of Entra ID for the workload identity, the service principal or
 * the machine, which the registry exchanges for one of its own.
 */
final class AzureCredentials implements CloudProvider {
  private static final String AUDIENCE = "https://containerregistry.azure.net";
  private static final String ASSERTION_TYPE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  private final Map<String, String> environment;
  private final CloudClient client;
  private final Function<String, String> address;

  /**
   * Takes the surroundings.
   *
   * @param address from the name of a registry to its URL
   */
  AzureCredentials(
      Map<String, String> environment, CloudClient client, Function<String, String> address) {
    this.environment = environment;
    this.client = client;
    this.address = address;
  }

  /** By the whole end of the name: a token must not go to a host that only looks like one. */
  @Override
  public boolean serves(String registry) {
    return registry.matches(
        "[a-z0-9]+(-[a-z0-9]+)*(\\.[a-z0-9]+\\.data)?\\.azurecr\\.(io|cn|us|de)");
  }

  @Override
  public Optional<Credentials> credentials(String registry) throws IOException {
    Optional<String> identity = identity();
    if (identity.isEmpty()) {
      return Optional.empty();
    }
    URI exchange = URI.create(address.apply(registry) + "/oauth2/exchange");
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "access_token");
    form.put("service", registry);
    if (!get("AZURE_TENANT_ID").isEmpty()) {
      form.put("tenant", get("AZURE_TENANT_ID"));
    }
    form.put("access_token", identity.get());
    JsonNode answer = client.form(exchange, form);
    return Optional.of(
        new Credentials.IdentityToken(CloudClient.field(exchange, answer, "refresh_token")));
  }

  private Optional<String> identity() throws IOException {
    String file = get("AZURE_FEDERATED_TOKEN_FILE");
    boolean named = !get("AZURE_CLIENT_ID").isEmpty() && !get("AZURE_TENANT_ID").isEmpty();
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    form.put("client_id", get("AZURE_CLIENT_ID"));
    form.put("scope", AUDIENCE + "/.default");
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
    query.put("resource", AUDIENCE);
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
