package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code HEALTHCHECK}: how a container is found healthy. Empty durations and retries are inherited.
 *
 * @param source its text
 * @param command the check; empty for {@code HEALTHCHECK NONE}, where the rest means nothing
 * @param interval time between checks
 * @param timeout time after which a check has failed
 * @param startPeriod time to start in which failures do not count
 * @param startInterval time between checks in the start period
 * @param retries consecutive failures that make a container unhealthy
 */
public record HealthcheckInstruction(
    Source source,
    Optional<CommandLine> command,
    Optional<Duration> interval,
    Optional<Duration> timeout,
    Optional<Duration> startPeriod,
    Optional<Duration> startInterval,
    OptionalInt retries)
    implements Instruction {

  @Override
  public String keyword() {
    return "HEALTHCHECK";
  }
}
