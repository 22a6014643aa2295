package io.jenkins.plugins.kaniko.executor.registry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** When something last moved on a connection. Moved by one thread, read by others. */
final class Activity {
  private static final int ENOUGH = 1024;

  private int pending;
  private final AtomicLong last = new AtomicLong(System.nanoTime());

  void touch() {
    last.set(System.nanoTime());
  }

  /** Takes note of bytes; a trickle of them is as good as silence. */
  void received(int bytes) {
    pending += bytes;
    if (pending >= ENOUGH) {
      pending = 0;
      touch();
    }
  }

  /** Does not count time in which the other side had to wait for us. */
  void excuse(long nanos) {
    last.addAndGet(nanos);
  }

  /** What is left of a patience that starts anew with every movement. */
  Duration left(Duration patience) {
    return patience.minusNanos(System.nanoTime() - last.get());
  }
}
