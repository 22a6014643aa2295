package io.jenkins.plugins.kaniko.executor.registry;

import java.time.Duration;

/** When something last moved on a connection. */
final class Activity {
  private volatile long last = System.nanoTime();

  void touch() {
    last = System.nanoTime();
  }

  /** What is left of a patience that starts anew with every movement. */
  Duration left(Duration patience) {
    return patience.minusNanos(System.nanoTime() - last);
  }
}
