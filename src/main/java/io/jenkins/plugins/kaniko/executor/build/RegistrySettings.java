package io.jenkins.plugins.kaniko.executor.build;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How registries are found and talked to, beyond plain HTTP and TLS.
 *
 * @param credentialHelpers the built-in sources of credentials to use; all if absent
 */
public record RegistrySettings(
    Sources sources,
    Certificates certificates,
    Retries retries,
    Push push,
    Optional<List<String>> credentialHelpers) {

  /** What holds without any flag. */
  public static final RegistrySettings NONE =
      new RegistrySettings(
          new Sources(List.of(), true),
          new Certificates(Map.of(), Map.of()),
          new Retries(0, 0, 0),
          new Push(false, false),
          Optional.empty());

  /**
   * Where images are pulled from.
   *
   * @param mappings in the order in which they are tried
   * @param fallback whether the registry of the name is tried last
   */
  public record Sources(List<Mapping> mappings, boolean fallback) {
    public Sources {
      mappings = List.copyOf(mappings);
    }
  }

  /**
   * Pulls one name from another place.
   *
   * @param original a registry, or one with the first components of repositories
   * @param replacement what is put in its place
   */
  public record Mapping(String original, String replacement) {}

  /**
   * Whom to trust, and who we are, by registry.
   *
   * @param authorities PEM files with certificates to trust
   * @param clients PEM files with our own certificate
   */
  public record Certificates(Map<String, Path> authorities, Map<String, Client> clients) {
    public Certificates {
      authorities = Map.copyOf(authorities);
      clients = Map.copyOf(clients);
    }
  }

  /** PEM files of a client certificate. */
  public record Client(Path certificate, Path key) {}

  /**
   * How often an operation is tried again beyond what is done anyway.
   *
   * @param push of layers and manifests
   * @param download of the manifests of base images
   * @param extract of the layers of base images
   */
  public record Retries(int push, int download, int extract) {}

  /**
   * Leniency with destinations.
   *
   * @param ignoreImmutableTags whether a tag that exists and cannot be moved is good enough
   * @param skipPermissionCheck whether the build begins without a look at the destinations
   */
  public record Push(boolean ignoreImmutableTags, boolean skipPermissionCheck) {}
}
