package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Runs an operation again from its start while its failures are of the passing sort. */
final class Retry {
  /** A registry that asks for more patience than this is not waited for. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** What no second try mends: the content, the choice of the image, and whom we trust. */
  private static final Set<Kind> LASTING =
      Set.of(Kind.TLS, Kind.WRONG_PLATFORM, Kind.DIGEST_MISMATCH, Kind.IMMUTABLE_TAG);

  private final int retries;
  private final int more;
  private final Duration firstDelay;

  /**
   * Takes the options for one kind of operation.
   *
   * @param more tries that were asked for, which are made whatever failed
   */
  Retry(RegistryOptions options, int more) {
    retries = options.retries() + more;
    this.more = more;
    firstDelay = options.retryDelay();
  }

  <T> T run(Operation<T> operation) throws RegistryException, IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        return operation.run();
      } catch (RegistryException e) {
        boolean again =
            e.isRetryable() ? attempt < retries : attempt < more && !LASTING.contains(e.kind());
        if (!again || e.retryAfter().compareTo(LONGEST) > 0) {
          throw e;
        }
        pause(attempt, e);
      }
    }
  }

  private void pause(int attempt, RegistryException reason) throws RegistryException {
    Duration delay = reason.retryAfter();
    if (delay.isZero()) {
      long millis = firstDelay.toMillis() << Math.min(attempt, 10);
      // Jitter keeps parallel transfers from coming back all at once.
      delay = Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }
    try {
      Thread.sleep(Math.min(delay.toMillis(), LONGEST.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw reason;
    }
  }

  /** One attempt. */
  @FunctionalInterface
  interface Operation<T> {
    T run() throws RegistryException, IOException;
  }
}
