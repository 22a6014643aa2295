package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.CacheOptions;
import io.jenkins.plugins.kaniko.executor.build.CacheOptions.Shared;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ParseResult;

/** Reads the flags of the cache, which have kaniko's names and meanings where kaniko has them. */
final class CacheFlags {
  private static final Pattern DURATION =
      Pattern.compile("(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?");

  private final ParseResult flags;

  CacheFlags(ParseResult flags) {
    this.flags = flags;
  }

  CacheOptions options(boolean noPush, boolean homeless) throws UsageException {
    if (!flags.matchedOptionValue("--cache", false)) {
      return CacheOptions.OFF;
    }
    Optional<String> repository =
        Optional.of(flags.matchedOptionValue("--cache-repo", "")).filter(text -> !text.isEmpty());
    if (repository.isEmpty() && (noPush || homeless)) {
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
    return new CacheOptions(true, repository, ttl(), shared);
  }

  private Duration ttl() throws UsageException {
    String given = flags.matchedOptionValue("--cache-ttl", "");
    if (given.isEmpty()) {
      return CacheOptions.DEFAULT_TTL;
    }
    Matcher matcher = DURATION.matcher(given);
    if (!matcher.matches()) {
      throw new UsageException(
          "tried to read flag --cache-ttl, but %s is no duration; write it like 336h or 1h30m"
              .formatted(Printable.line(given)));
    }
    return Duration.ofHours(part(matcher, 1))
        .plusMinutes(part(matcher, 2))
        .plusSeconds(part(matcher, 3));
  }

  private static long part(Matcher matcher, int group) {
    return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
  }
}
