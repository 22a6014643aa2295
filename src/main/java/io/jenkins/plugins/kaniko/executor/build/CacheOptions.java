package io.jenkins.plugins.kaniko.executor.build;

import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a build takes from caches and gives to them.
 *
 * @param enabled whether steps are reused at all
 * @param repository the shared cache: a repository, {@code oci:PATH} or {@code local} for none;
 *     empty: the one that goes with the first destination
 * @param ttl how old a step may be to be reused
 * @param shared what the shared cache gets
 * @param places further shared caches
 * @param limits of the store, for whatever is kept there
 */
public record CacheOptions(
    boolean enabled,
    Optional<String> repository,
    Duration ttl,
    Set<Shared> shared,
    CachePlaces places,
    StoreLimits limits) {
  /** kaniko's. */
  public static final Duration DEFAULT_TTL = Duration.ofDays(14);

  /** The value of {@link #repository} for no shared cache. */
  public static final String LOCAL = "local";

  /** Nothing is reused. */
  public static final CacheOptions OFF =
      new CacheOptions(
          false, Optional.empty(), DEFAULT_TTL, Set.of(), CachePlaces.NONE, StoreLimits.NONE);

  /** What may go into a shared cache. */
  public enum Shared {
    /** Anything at all: without it the shared cache is only read. */
    WRITE,
    /** Layers of RUN. */
    RUN,
    /** Layers of COPY and ADD. */
    COPY
  }

  /** Copies what it gets. */
  public CacheOptions {
    shared = Collections.unmodifiableSet(new TreeSet<>(shared));
  }

  /** The same, with other limits of the store. */
  public CacheOptions within(StoreLimits other) {
    return new CacheOptions(enabled, repository, ttl, shared, places, other);
  }
}
