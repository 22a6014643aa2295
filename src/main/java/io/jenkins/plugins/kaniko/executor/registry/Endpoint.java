package io.jenkins.plugins.kaniko.executor.registry;

import com.google.cloud.tools.jib.registry.RegistryAliasGroup;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import java.net.URI;

/**
 * One registry in one direction.
 *
 * @param registry the name in image references, such as {@code docker.io}
 * @param authority the host and port that serve it, such as {@code registry-1.docker.io}
 */
record Endpoint(String registry, String authority, Access access, HostPolicy policy) {
  static Endpoint of(ImageReference image, Access access, RegistryOptions options) {
    String registry = image.registry();
    return new Endpoint(
        registry, RegistryAliasGroup.getHost(registry), access, options.policy(registry, access));
  }

  /** The address of a route below {@code /v2/}. */
  URI uri(String route) {
    return URI.create(policy.scheme() + "://" + authority + "/v2/" + route);
  }

  boolean serves(URI uri) {
    return uri.getScheme().equals(policy.scheme())
        && authority.equalsIgnoreCase(uri.getAuthority());
  }
}
