package io.jenkins.plugins.kaniko.agent;

import java.util.Objects;

/**
 * A client certificate, with which this machine shows the registry who it is.
 *
 * @param registry {@code host[:port]}
 * @param chain in PEM, its own certificate first
 * @param key in PEM, not encrypted
 */
public record RegistryCertificate(String registry, String chain, String key)
    implements RegistryCredentials {
  public RegistryCertificate {
    Objects.requireNonNull(registry, "registry");
    Objects.requireNonNull(chain, "chain");
    Objects.requireNonNull(key, "key");
  }

  @Override
  public String toString() {
    return "RegistryCertificate[registry=" + registry + "]";
  }
}
