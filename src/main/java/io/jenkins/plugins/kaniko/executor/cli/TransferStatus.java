package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The line at the bottom of a terminal that shows the transfers under way. Returns what to print;
 * redraws at most ten times a second by the time of the events. Not thread-safe.
 */
final class TransferStatus {
  private static final String ERASE = "\r\033[K";
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int WIDTH = 78;

  private final Map<String, TransferProgress> running = new LinkedHashMap<>();
  private Instant drawn = Instant.MIN;
  private boolean visible;

  String update(TransferProgress progress) {
    running.put(progress.direction() + progress.what(), progress);
    if (progress.time().isBefore(drawn.plus(PAUSE))) {
      return "";
    }
    drawn = progress.time();
    return erase() + draw();
  }

  void finish(TransferFinished finished) {
    running.remove(finished.direction() + finished.what());
  }

  String erase() {
    String erase = visible ? ERASE : "";
    visible = false;
    return erase;
  }

  String draw() {
    if (running.isEmpty()) {
      return "";
    }
    visible = true;
    if (running.size() == 1) {
      return Printable.line(TextReporter.progressLine(running.values().iterator().next()), WIDTH);
    }
    long done = running.values().stream().mapToLong(TransferProgress::bytesDone).sum();
    long total = running.values().stream().mapToLong(p -> Math.max(p.bytesTotal(), 0)).sum();
    String size = total <= 0 ? "" : " (%d %%)".formatted(Math.min(100, done * 100 / total));
    return "%d transfers: %s%s".formatted(running.size(), Printable.bytes(done), size);
  }
}
