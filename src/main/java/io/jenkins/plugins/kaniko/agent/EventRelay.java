package io.jenkins.plugins.kaniko.agent;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes log lines of the executor's events ({@code docs/events.md}), secrets masked. Lines go to
 * the log in chunks, and the progress of a transfer at most every ten seconds by the time of the
 * events. Safe for several threads.
 */
final class EventRelay {
  private static final int CHUNK = 16 * 1024;
  private static final int MAX_WARNINGS = 1000;
  private static final int LAST_LINES = 5;
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final PrintStream log;
  private final Masker masker;
  private final StringBuilder chunk = new StringBuilder();
  private final Map<String, Masker.Lines> sources = new HashMap<>();
  private final Map<String, Instant> shown = new HashMap<>();
  private final List<AgentResult.Warning> warnings = new ArrayList<>();
  private final Deque<String> lastLines = new ArrayDeque<>();
  private String failure = "";

  EventRelay(PrintStream log, Masker masker) {
    this.log = log;
    this.masker = masker;
  }

  /** A line of the event stream. What is no event is relayed as it is. */
  synchronized void event(String line) {
    try {
      event(Json.parseObject(line), line);
    } catch (Json.MalformedException e) {
      text(line);
    }
  }

  /** A line of text, from standard error or from a real kaniko. */
  synchronized void text(String line) {
    for (String masked : sources.computeIfAbsent("", key -> masker.lines()).add(line)) {
      plain(masked);
    }
  }

  /** Brings what is collected to the log. */
  synchronized void flush() {
    if (chunk.length() > 0) {
      log.print(chunk);
      log.flush();
      chunk.setLength(0);
    }
  }

  /** The streams have ended: nothing is held back any more. */
  synchronized void end() {
    sources.forEach(
        (prefix, lines) -> {
          for (String line : lines.end()) {
            if (prefix.isEmpty()) {
              plain(line);
            } else {
              print(prefix + line);
            }
          }
        });
    sources.clear();
    flush();
  }

  synchronized List<AgentResult.Warning> warnings() {
    return List.copyOf(warnings);
  }

  /** What the executor said of its failure; empty if nothing. */
  synchronized String failure() {
    return failure;
  }

  /** The last lines of text, the end of what a process says that dies. */
  synchronized List<String> lastLines() {
    return List.copyOf(lastLines);
  }

  private void event(Map<String, Object> event, String line) {
    switch (Json.string(event.get("event"))) {
      case "message" -> message(event);
      case "buildStarted" ->
          print(
              "building %s: %s, %s"
                  .formatted(
                      text(event, "dockerfile"),
                      count(event, "stages", "stage"),
                      count(event, "steps", "instruction")));
      case "stepStarted" -> stepStarted(event);
      case "stepOutput" -> stepOutput(event);
      case "stepFinished" -> stepFinished(event);
      case "transferProgress" -> progress(event);
      case "transferFinished" -> transferred(event);
      case "warning" -> warning(event);
      case "imageFinished" ->
          print(
              "image %s: %s, %s"
                  .formatted(
                      text(event, "digest"), count(event, "layers", "layer"), size(event, "size")));
      case "pushed" -> print("pushed " + text(event, "reference") + "@" + text(event, "digest"));
      case "failed" -> failed(event);
      case "" -> text(line);
      default -> {
        // Readers ignore events that they do not know; stageStarted is told by its steps.
      }
    }
  }

  private void message(Map<String, Object> event) {
    String level = Json.string(event.get("level"));
    String label =
        switch (level) {
          case "warn" -> "warning: ";
          case "info", "" -> "";
          default -> level + ": ";
        };
    print(label + text(event, "text"));
  }

  private void stepStarted(Map<String, Object> event) {
    String text = text(event, "text");
    // The others take no time: their end says it all.
    if (text.toUpperCase(Locale.ROOT).matches("(?s)(RUN|COPY|ADD)\\s.*")) {
      print(head(event) + shortened(text, 200));
    }
  }

  private void stepOutput(Map<String, Object> event) {
    String prefix = "[%s %d] ".formatted(text(event, "stage"), number(event, "number"));
    Masker.Lines lines = sources.computeIfAbsent(prefix, key -> masker.lines());
    lines.add(Json.string(event.get("line"))).forEach(line -> print(prefix + line));
  }

  private void stepFinished(Map<String, Object> event) {
    String prefix = "[%s %d] ".formatted(text(event, "stage"), number(event, "number"));
    Masker.Lines lines = sources.remove(prefix);
    if (lines != null) {
      lines.end().forEach(line -> print(prefix + line));
    }
    boolean cached = Boolean.TRUE.equals(event.get("cached"));
    StringBuilder line = new StringBuilder(head(event));
    line.append(shortened(text(event, "text"), 60)).append(" ... ");
    line.append(cached ? "cached" : seconds(number(event, "durationMillis")));
    long files = fileCount(event.get("files"));
    if (files > 0) {
      line.append(", ").append(files).append(files == 1 ? " file" : " files");
    }
    if (number(event, "bytes") > 0) {
      line.append(", ").append(size(event, "bytes"));
    }
    print(line.toString());
  }

  private void progress(Map<String, Object> event) {
    String what = text(event, "direction") + " " + text(event, "what");
    Instant time = time(event);
    Instant last = shown.putIfAbsent(what, time);
    if (last == null || time.isBefore(last.plus(PAUSE))) {
      return;
    }
    shown.put(what, time);
    long total = number(event, "bytesTotal");
    print(
        total > 0
            ? "%s: %d %% of %s"
                .formatted(
                    what, number(event, "bytesDone") * 100 / total, size(event, "bytesTotal"))
            : what + ": " + size(event, "bytesDone"));
  }

  private void transferred(Map<String, Object> event) {
    String what = text(event, "direction") + " " + text(event, "what");
    shown.remove(what);
    String size = number(event, "bytes") > 0 ? ", " + size(event, "bytes") : "";
    print(what + ": " + text(event, "outcome") + size);
  }

  private void warning(Map<String, Object> event) {
    AgentResult.Warning warning =
        new AgentResult.Warning(
            text(event, "rule"),
            text(event, "message"),
            text(event, "file"),
            (int) number(event, "line"),
            (int) number(event, "column"));
    if (warnings.size() < MAX_WARNINGS) {
      warnings.add(warning);
    }
    print("warning: %s: %s: %s".formatted(place(event), warning.rule(), warning.message()));
  }

  private void failed(Map<String, Object> event) {
    Map<String, Object> location = Json.object(event.get("location"));
    String where = location.isEmpty() ? "" : place(location) + ": ";
    failure = where + text(event, "message");
    long number = number(location, "line");
    for (Object line : Json.list(location.get("snippet"))) {
      print("  %d | %s".formatted(number++, masker.mask(Json.string(line).strip())));
    }
  }

  private String place(Map<String, Object> location) {
    long column = number(location, "column");
    String place = text(location, "file") + ":" + number(location, "line");
    return column > 0 ? place + ":" + column : place;
  }

  private void plain(String line) {
    if (!line.isBlank()) {
      lastLines.add(line.strip());
      if (lastLines.size() > LAST_LINES) {
        lastLines.remove();
      }
    }
    print(line);
  }

  private void print(String line) {
    chunk.append(line).append('\n');
    if (chunk.length() > CHUNK) {
      flush();
    }
  }

  private String text(Map<String, Object> event, String field) {
    return masker.mask(Json.string(event.get(field)));
  }

  private static long number(Map<String, Object> event, String field) {
    return Json.number(event.get(field));
  }

  static int fileCount(Object files) {
    return Json.object(files).values().stream().mapToInt(n -> (int) Json.number(n)).sum();
  }

  private static Instant time(Map<String, Object> event) {
    try {
      return Instant.parse(Json.string(event.get("time")));
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  private String head(Map<String, Object> event) {
    return "[%s %d/%d] "
        .formatted(text(event, "stage"), number(event, "number"), number(event, "total"));
  }

  private static String shortened(String text, int length) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= length ? line : line.substring(0, length - 3) + "...";
  }

  private static String count(Map<String, Object> event, String field, String noun) {
    long number = number(event, field);
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }

  private static String size(Map<String, Object> event, String field) {
    double bytes = number(event, field);
    String unit = "B";
    for (String larger : List.of("kB", "MB", "GB")) {
      if (bytes < 1000) {
        break;
      }
      bytes /= 1000;
      unit = larger;
    }
    return String.format(Locale.ROOT, unit.equals("B") ? "%.0f %s" : "%.1f %s", bytes, unit);
  }
}
