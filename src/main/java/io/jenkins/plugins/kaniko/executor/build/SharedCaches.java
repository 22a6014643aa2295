package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.cache.LayoutCache;
import io.jenkins.plugins.kaniko.executor.cache.RegistryCache;
import io.jenkins.plugins.kaniko.executor.cache.SharedCache;
import io.jenkins.plugins.kaniko.executor.cache.UnitedCaches;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.Registry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Finds the cache that a build shares with other machines. */
final class SharedCaches {
  private static final String LAYOUT = "oci:";

  private SharedCaches() {}

  /**
   * Opens the caches that {@code --cache-repo}, {@code --cache-from} and {@code --cache-to} name;
   * without any of them as kaniko does the repository {@code cache} below that of the first
   * destination. Nothing is contacted yet.
   */
  static Optional<SharedCache> open(
      CacheOptions options,
      List<ImageReference> destinations,
      Registry registry,
      Consumer<String> warning)
      throws BuildException {
    String name =
        options
            .repository()
            .orElseGet(
                () ->
                    destinations.isEmpty()
                        ? CacheOptions.LOCAL
                        : destinations.get(0).name() + "/cache");
    if (!options.enabled()) {
      return Optional.empty();
    }
    List<SharedCache> from = new ArrayList<>();
    List<SharedCache> to = new ArrayList<>();
    if (!name.equals(CacheOptions.LOCAL)) {
      SharedCache both = open("--cache-repo", name, registry, RegistryCache::of);
      from.add(both);
      to.add(both);
      if (!options.places().namesAny()) {
        return Optional.of(both);
      }
    }
    for (String place : options.places().from()) {
      from.add(open("--cache-from", place, registry, RegistryCache::withImage));
    }
    for (String place : options.places().to()) {
      to.add(open("--cache-to", place, registry, RegistryCache::of));
    }
    return from.isEmpty() && to.isEmpty()
        ? Optional.empty()
        : Optional.of(new UnitedCaches(from, to, warning));
  }

  /** Those that are directories. */
  static List<Path> layouts(CacheOptions options) {
    List<String> names = new ArrayList<>(options.places().from());
    names.addAll(options.places().to());
    options.repository().ifPresent(names::add);
    return names.stream().filter(name -> name.startsWith(LAYOUT)).map(SharedCaches::path).toList();
  }

  private static Path path(String layout) {
    return Path.of(layout.substring(LAYOUT.length())).toAbsolutePath().normalize();
  }

  private static SharedCache open(
      String flag,
      String name,
      Registry registry,
      BiFunction<Registry, ImageReference, SharedCache> kind)
      throws BuildException {
    if (name.startsWith(LAYOUT)) {
      return new LayoutCache(path(name));
    }
    try {
      return kind.apply(registry, ImageReference.parse(name));
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          Category.USAGE, "tried to use " + flag + " " + name + ", but " + e.getMessage(), e);
    }
  }
}
