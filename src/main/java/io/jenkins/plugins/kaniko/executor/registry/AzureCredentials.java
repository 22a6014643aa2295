package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Azure Container Registry: a token of {@link AzureIdentity}, which the registry exchanges for one
 * of its own.
 */
final class AzureCredentials implements CloudProvider {
  private static final String AUDIENCE = "https://containerregistry.azure.net";

  private final AzureIdentity identity;
  private final CloudClient client;
  private final Function<String, String> address;

  /**
   * Takes the surroundings.
   *
   * @param address from the name of a registry to its URL
   */
  AzureCredentials(
      Map<String, String> environment, CloudClient client, Function<String, String> address) {
    this.identity = new AzureIdentity(environment, client, AUDIENCE);
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
    Optional<String> token = identity.token();
    if (token.isEmpty()) {
      return Optional.empty();
    }
    URI exchange = URI.create(address.apply(registry) + "/oauth2/exchange");
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "access_token");
    form.put("service", registry);
    identity.tenant().ifPresent(tenant -> form.put("tenant", tenant));
    form.put("access_token", token.get());
    JsonNode answer = client.form(exchange, form);
    return Optional.of(
        new Credentials.IdentityToken(CloudClient.field(exchange, answer, "refresh_token")));
  }
}
