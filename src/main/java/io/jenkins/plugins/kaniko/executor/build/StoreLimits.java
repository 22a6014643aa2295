package io.jenkins.plugins.kaniko.executor.build;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much a store may keep. What a running build uses is kept beyond it.
 *
 * @param size in bytes; what was of no use for the longest time goes first
 * @param age how long something may be of no use
 */
public record StoreLimits(OptionalLong size, Optional<Duration> age) {
  /** Everything is kept. */
  public static final StoreLimits NONE = new StoreLimits(OptionalLong.empty(), Optional.empty());

  /** Nothing is kept. */
  public static final StoreLimits ALL = new StoreLimits(OptionalLong.of(0), Optional.empty());

  boolean isNone() {
    return size.isEmpty() && age.isEmpty();
  }
}
