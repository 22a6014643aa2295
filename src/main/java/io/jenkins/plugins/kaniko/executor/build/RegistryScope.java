package io.jenkins.plugins.kaniko.executor.build;

import java.util.Set;

/**
 * Where a relaxed rule (plain HTTP, or TLS without verification) holds. Registries are compared as
 * {@code host} or {@code host:port}, the way they stand in an image reference.
 *
 * @param push for every registry that is pushed to
 * @param pull for every registry that is pulled from
 * @param registries for these, in both directions
 */
public record RegistryScope(boolean push, boolean pull, Set<String> registries) {
  public static final RegistryScope NOWHERE = new RegistryScope(false, false, Set.of());

  public RegistryScope {
    registries = Set.copyOf(registries);
  }

  public boolean coversPush(String registry) {
    return push || registries.contains(registry);
  }

  public boolean coversPull(String registry) {
    return pull || registries.contains(registry);
  }
}
