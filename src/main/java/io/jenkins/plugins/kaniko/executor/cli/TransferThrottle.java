package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Thins out the progress of transfers: lets a report pass when bytes have moved and some time has
 * passed, and of a large transfer when a quarter more is done. A small and quick one has its end
 * alone. Goes by the time of the events. Not thread-safe.
 */
final class TransferThrottle {
  /** Bytes from which on quarters are worth a report. */
  static final long LARGE = 20_000_000;

  private record Mark(Instant time, long bytes) {}

  private final Duration interval;
  private final Map<String, Mark> last = new HashMap<>();

  TransferThrottle(Duration interval) {
    this.interval = interval;
  }

  boolean admits(TransferProgress progress) {
    String key = key(progress.direction(), progress.what());
    Mark mark = last.computeIfAbsent(key, k -> new Mark(progress.time(), 0));
    long moved = progress.bytesDone() - mark.bytes();
    boolean quarter = progress.bytesTotal() >= LARGE && moved * 4 >= progress.bytesTotal();
    boolean late = moved > 0 && !progress.time().isBefore(mark.time().plus(interval));
    if (quarter || late) {
      last.put(key, new Mark(progress.time(), progress.bytesDone()));
    }
    return quarter || late;
  }

  void finish(TransferFinished finished) {
    last.remove(key(finished.direction(), finished.what()));
  }

  private static String key(Direction direction, String what) {
    return direction + " " + what;
  }
}
