package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.CacheOptions;
import io.jenkins.plugins.kaniko.executor.build.CacheOptions.Shared;
import io.jenkins.plugins.kaniko.executor.build.CachePlaces;
import io.jenkins.plugins.kaniko.executor.build.StoreLimits;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ParseResult;

/** Reads the flags of the cache, which have kaniko's names and meanings where kaniko has them. */
final class CacheFlags {
  private final ParseResult flags;

  CacheFlags(ParseResult flags) {
    this.flags = flags;
  }

  CacheOptions options(boolean noPush, boolean homeless, Map<String, String> buildArgs)
      throws UsageException {
    CachePlaces places = CachePlaceFlags.places(flags);
    Duration ttl = ttl();
    // Flags that name a place stand for kaniko's; the argument names none.
    boolean named = places.namesAny() || places.inline();
    if (!flags.matchedOptionValue("--cache", named)) {
      return CacheOptions.OFF.within(limits());
    }
    if (CachePlaces.askForInline(buildArgs)) {
      places = places.withInline();
    }
    Optional<String> repository =
        Optional.of(flags.matchedOptionValue("--cache-repo", "")).filter(text -> !text.isEmpty());
    if (repository.isEmpty() && (noPush || homeless || named)) {
      repository = Optional.of(CacheOptions.LOCAL);
    }
    Set<Shared> shared = EnumSet.of(Shared.WRITE);
    if (flags.matchedOptionValue("--cache-run-layers", true)) {
      shared.add(Shared.RUN);
    }
    if (flags.matchedOptionValue("--cache-copy-layers", false)) {
      shared.add(Shared.COPY);
    }
    if (flags.matchedOptionValue("--no-push-cache", false)) {
      shared.remove(Shared.WRITE);
    }
    return new CacheOptions(true, repository, ttl, shared, places, limits());
  }

  private Duration ttl() throws UsageException {
    String given = flags.matchedOptionValue("--cache-ttl", "");
    if (given.isEmpty()) {
      return CacheOptions.DEFAULT_TTL;
    }
    return StoreFlags.duration("--cache-ttl", given);
  }

  private StoreLimits limits() throws UsageException {
    return StoreFlags.limits(flags, "--store-size-limit", "--store-max-age");
  }
}
