package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.GoDuration;
import java.time.Duration;
import java.util.Optional;

/** Durations of flags, which are written as those of Dockerfiles. */
public final class Durations {
  private Durations() {}

  /** Reads {@code 1h30m} and its kin; empty for what is none, or negative. */
  public static Optional<Duration> parse(String text) {
    return GoDuration.parse(text).filter(duration -> !duration.isNegative());
  }
}
