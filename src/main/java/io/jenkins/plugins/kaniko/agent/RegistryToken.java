package io.jenkins.plugins.kaniko.agent;

import java.util.Objects;

/**
 * A bearer token that the registry takes as it is.
 *
 * @param registry {@code host[:port]}, with a path when it is for one repository alone
 */
public record RegistryToken(String registry, String token) implements RegistryCredentials {
  public RegistryToken {
    Objects.requireNonNull(registry, "registry");
    Objects.requireNonNull(token, "token");
  }

  @Override
  public String toString() {
    return "RegistryToken[registry=" + registry + "]";
  }
}
