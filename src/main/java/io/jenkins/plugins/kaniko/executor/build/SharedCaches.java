package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.cache.LayoutCache;
import io.jenkins.plugins.kaniko.executor.cache.RegistryCache;
import io.jenkins.plugins.kaniko.executor.cache.SharedCache;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.Registry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the cache that a build shares with other machines. */
final class SharedCaches {
  private static final String LAYOUT = "oci:";

  private SharedCaches() {}

  /**
   * Opens the cache that {@code --cache-repo} names, or as kaniko does the repository {@code cache}
   * below that of the first destination. Nothing is contacted yet.
   */
  static Optional<SharedCache> open(
      CacheOptions options, List<ImageReference> destinations, Registry registry)
      throws BuildException {
    String name =
        options
            .repository()
            .orElseGet(
                () ->
                    destinations.isEmpty()
                        ? CacheOptions.LOCAL
                        : destinations.get(0).name() + "/cache");
    if (!options.enabled() || name.equals(CacheOptions.LOCAL)) {
      return Optional.empty();
    }
    if (name.startsWith(LAYOUT)) {
      return Optional.of(
          new LayoutCache(Path.of(name.substring(LAYOUT.length())).toAbsolutePath().normalize()));
    }
    try {
      return Optional.of(new RegistryCache(registry, ImageReference.parse(name)));
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          Category.USAGE, "tried to use --cache-repo " + name + ", but " + e.getMessage(), e);
    }
  }
}
