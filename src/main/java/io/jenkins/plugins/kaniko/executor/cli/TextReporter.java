package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.BuildStarted;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Failed;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.ImageFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Message;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Pushed;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StageStarted;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepOutput;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepStarted;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferProgress;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Warning;
import io.jenkins.plugins.kaniko.executor.build.EventSink;
import io.jenkins.plugins.kaniko.executor.build.FileCounts;
import io.jenkins.plugins.kaniko.executor.build.SourceLocation;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Events as lines for a person. Every line is written whole, so lines of parallel stages never mix.
 * On a terminal the last line shows the transfers under way and is rewritten in place; elsewhere
 * progress is a line now and then.
 */
final class TextReporter implements EventSink, AutoCloseable {
  /** Of a Dockerfile, in an error; in characters. */
  private static final int LONGEST_LINE = 1000;

  private static final String RESET = "\033[0m";
  private static final String RED = "\033[31m";
  private static final String YELLOW = "\033[33m";
  private static final String BLUE = "\033[34m";
  private static final String GREEN = "\033[32m";
  private static final String DIM = "\033[2m";

  /** Instructions that can take long enough for their beginning to be worth a line. */
  private static final Set<String> LONG = Set.of("RUN", "COPY", "ADD");

  private static final Duration ANNOUNCE_AFTER = Duration.ofSeconds(1);

  private final PrintStream out;
  private final LogOptions options;
  private final boolean colored;
  private final TransferStatus status;
  private final TransferThrottle throttle = new TransferThrottle(Duration.ofSeconds(5));
  private final ScheduledExecutorService clock;

  /**
   * By stage, the step that has begun and is not yet worth a line of its own: most end before a
   * person could read it.
   */
  private final Map<String, StepStarted> unannounced = new LinkedHashMap<>();

  /**
   * @param terminal whether {@code out} is one: then there is a line that moves, and colour unless
   *     the format says otherwise
   */
  TextReporter(PrintStream out, LogOptions options, boolean terminal) {
    this.out = out;
    this.options = options;
    this.colored =
        options.format() == LogOptions.Format.COLOR
            || (options.format() == LogOptions.Format.AUTO && terminal);
    this.status = terminal ? new TransferStatus() : null;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "announcements");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public synchronized void emit(BuildEvent event) {
    if (!options.shows(event)) {
      return;
    }
    if (event instanceof TransferProgress progress) {
      progress(progress);
    } else if (event instanceof TransferFinished finished) {
      throttle.finish(finished);
      if (status != null) {
        status.finish(finished);
      }
      print(event, transfer(finished));
    } else if (event instanceof StepStarted step) {
      announceSoon(step);
    } else {
      settle(event);
      String text = render(event);
      if (!text.isEmpty()) {
        print(event, text);
      }
    }
  }

  /** Takes the moving line away. */
  @Override
  public synchronized void close() {
    clock.shutdownNow();
    if (status != null) {
      out.print(status.erase());
    }
    out.flush();
  }

  private void announceSoon(StepStarted step) {
    announce(unannounced.get(step.stage()));
    String keyword = step.text().split("\\s", 2)[0].toUpperCase(Locale.ROOT);
    if (LONG.contains(keyword)) {
      unannounced.put(step.stage(), step);
      var unused =
          clock.schedule(() -> announce(step), ANNOUNCE_AFTER.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Puts the beginning of a step before its output; its end, or where it failed, says it too. */
  private void settle(BuildEvent event) {
    if (event instanceof StepFinished step) {
      unannounced.remove(step.stage());
    } else if (event instanceof StepOutput output) {
      announce(unannounced.get(output.stage()));
    } else if (event instanceof Failed failed) {
      if (failed.location().isEmpty()) {
        List.copyOf(unannounced.values()).forEach(this::announce);
      }
      unannounced.clear();
    }
  }

  private synchronized void announce(StepStarted step) {
    StepStarted last = step == null ? null : unannounced.get(step.stage());
    if (last != null && last.number() == step.number()) {
      unannounced.remove(step.stage());
      print(
          step, head(step.stage(), step.number(), step.total()) + Printable.line(step.text(), 200));
    }
  }

  private String render(BuildEvent event) {
    if (event instanceof StepOutput output) {
      return output(output);
    } else if (event instanceof StepFinished step) {
      return finished(step);
    } else if (event instanceof Message message) {
      return message(message);
    } else if (event instanceof Warning warning) {
      String where = SourceLocation.of(warning.file(), warning.line()) + ": ";
      return label(YELLOW, "warning: ")
          + Printable.line(where + warning.rule() + ": " + warning.message());
    } else if (event instanceof BuildStarted started) {
      return "building %s: %s, %s"
          .formatted(
              Printable.line(started.dockerfile()),
              count(started.stages(), "stage"),
              count(started.steps(), "instruction"));
    } else if (event instanceof ImageFinished image) {
      return "image %s: %s, %s"
          .formatted(image.digest(), count(image.layers(), "layer"), Printable.bytes(image.size()));
    } else if (event instanceof Pushed pushed) {
      return label(GREEN, "pushed ") + Printable.line(pushed.reference()) + "@" + pushed.digest();
    } else if (event instanceof Failed failed) {
      return failed(failed);
    } else if (event instanceof StageStarted) {
      return ""; // Its steps say so.
    }
    throw new IllegalArgumentException("no text for " + event.getClass().getSimpleName());
  }

  private String output(StepOutput output) {
    String line = label(DIM, "[%s %d] ".formatted(Printable.line(output.stage()), output.number()));
    // The command's own bytes pass as they are; its colours end with its line.
    boolean open = colored && output.line().indexOf('\033') >= 0;
    return line + output.line() + (open ? RESET : "");
  }

  private String finished(StepFinished step) {
    String text = Printable.line(step.text(), 60);
    StringBuilder line = new StringBuilder(head(step.stage(), step.number(), step.total()));
    line.append(text).append(text.endsWith("...") ? " " : " ... ");
    line.append(step.cached() ? "cached" : Printable.duration(step.duration()));
    if (step.files().total() > 0) {
      line.append(", ").append(files(step.files()));
    }
    if (step.bytes() > 0) {
      line.append(", ").append(Printable.bytes(step.bytes()));
    }
    return line.toString();
  }

  private static String files(FileCounts files) {
    StringBuilder text = new StringBuilder();
    text.append(files.added() > 0 ? "+" + files.added() + " " : "");
    text.append(files.changed() > 0 ? "~" + files.changed() + " " : "");
    text.append(files.deleted() > 0 ? "-" + files.deleted() + " " : "");
    return text.append(files.total() == 1 ? "file" : "files").toString();
  }

  private String message(Message message) {
    String text = Printable.block(message.text());
    return switch (message.level()) {
      case TRACE, DEBUG ->
          label(DIM, message.level().name().toLowerCase(Locale.ROOT) + ": ") + text;
      case INFO -> text;
      case WARN -> label(YELLOW, "warning: ") + text;
      case ERROR -> label(RED, "error: ") + text;
    };
  }

  private String failed(Failed failed) {
    StringBuilder text = new StringBuilder(label(RED, "error: "));
    failed
        .location()
        .ifPresent(where -> text.append(Printable.line(where.toString())).append(": "));
    text.append(Printable.block(failed.message()));
    failed.location().ifPresent(where -> snippet(where, text));
    return text.toString();
  }

  private void snippet(SourceLocation where, StringBuilder text) {
    List<String> lines = where.snippet();
    int width = Integer.toString(where.line() + lines.size()).length();
    for (int i = 0; i < lines.size(); i++) {
      String gutter = ("%" + width + "d | ").formatted(where.line() + i);
      String line = Printable.shortened(lines.get(i).replace("\n", ""), LONGEST_LINE);
      text.append("\n  ").append(label(BLUE, gutter)).append(line);
    }
  }

  private String transfer(TransferFinished finished) {
    String size = finished.bytes() > 0 ? ", " + Printable.bytes(finished.bytes()) : "";
    return "%s %s: %s%s"
        .formatted(
            verb(finished.direction()),
            Printable.line(finished.what()),
            Printable.line(finished.outcome()),
            size);
  }

  private void progress(TransferProgress progress) {
    if (status != null) {
      out.print(status.update(progress));
      out.flush();
    } else if (throttle.admits(progress)) {
      print(progress, progressLine(progress));
    }
  }

  static String progressLine(TransferProgress progress) {
    String line = verb(progress.direction()) + " " + Printable.line(progress.what()) + ": ";
    if (progress.bytesTotal() <= 0) {
      return line + Printable.bytes(progress.bytesDone());
    }
    long percent = Math.min(100, progress.bytesDone() * 100 / progress.bytesTotal());
    return "%s%d %% of %s".formatted(line, percent, Printable.bytes(progress.bytesTotal()));
  }

  private static String verb(Direction direction) {
    return direction.name().toLowerCase(Locale.ROOT);
  }

  private String head(String stage, int number, int total) {
    return label(BLUE, "[%s %d/%d] ".formatted(Printable.line(stage), number, total));
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private String label(String color, String text) {
    return colored ? color + text + RESET : text;
  }

  private void print(BuildEvent event, String text) {
    StringBuilder chunk = new StringBuilder();
    if (status != null) {
      chunk.append(status.erase());
    }
    if (options.timestamps()) {
      Instant time = event.time().truncatedTo(ChronoUnit.MILLIS);
      chunk.append(label(DIM, time + " "));
    }
    chunk.append(text).append('\n');
    if (status != null) {
      chunk.append(status.draw());
    }
    out.print(chunk);
    out.flush();
  }
}
