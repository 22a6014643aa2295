package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Failed;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Level;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Message;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepOutput;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepStarted;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferProgress;
import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.FileCounts;
import io.jenkins.plugins.kaniko.executor.build.SourceLocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TextReporterTest {
  private static final Instant TIME = Samples.TIME;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void everyEventReadsAsTheGoldenFileSays() throws IOException {
    emit(reporter(LogOptions.Format.TEXT, Level.DEBUG, false), Samples.events());

    try (InputStream in = getClass().getResourceAsStream("/cli/events.txt")) {
      assertThat(text()).isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void aThresholdHidesTheRest() {
    emit(reporter(LogOptions.Format.TEXT, Level.ERROR, false), Samples.events());

    assertThat(text()).startsWith("error: Dockerfile:9: tried to run").hasLineCount(3);
  }

  @Test
  void colourIsForTerminalsAndForThoseWhoAsk() {
    emit(reporter(LogOptions.Format.AUTO, Level.INFO, false), Samples.events());
    assertThat(text()).doesNotContain("\033");
    emit(reporter(LogOptions.Format.TEXT, Level.INFO, true), withoutProgress());
    assertThat(text()).doesNotContain("\033");
    emit(reporter(LogOptions.Format.AUTO, Level.INFO, true), withoutProgress());
    assertThat(text()).contains("\033[31merror: \033[0m");
    out.reset();
    emit(reporter(LogOptions.Format.COLOR, Level.INFO, false), withoutProgress());
    assertThat(text()).contains("\033[31merror: \033[0m");
  }

  @Test
  void timestampsStandBeforeEveryEvent() {
    TextReporter reporter =
        new TextReporter(print(), new LogOptions(Level.INFO, LogOptions.Format.TEXT, true), false);
    emit(reporter, List.of(new Message(TIME, Level.INFO, "hello")));

    assertThat(text()).isEqualTo("2026-01-02T03:04:05.678Z hello\n");
  }

  @Tag("S18")
  @Test
  void untrustedTextCannotForgeLines() {
    String hostile = "\033[2K\rpushed\nerror: fake\u009b1m\u202e";
    List<BuildEvent> events =
        List.of(
            new StepStarted(TIME, hostile, 1, 2, "RUN " + hostile),
            new StepFinished(
                TIME, hostile, 1, 2, "RUN " + hostile, Duration.ZERO, FileCounts.NONE, 0, false),
            new BuildEvent.Warning(TIME, hostile, hostile, hostile, 3),
            new TransferFinished(TIME, Direction.PULL, hostile, 1, hostile),
            new BuildEvent.Pushed(TIME, hostile, "sha256:0"),
            new Failed(
                TIME,
                Category.REGISTRY,
                "tried",
                Optional.of(new SourceLocation(hostile, 1, List.of(hostile)))));

    emit(reporter(LogOptions.Format.TEXT, Level.INFO, false), events);

    assertThat(text()).doesNotContain("\033", "\r", "\u009b", "\u202e");
    assertThat(text().lines()).hasSize(6).noneMatch(line -> line.startsWith("error: fake"));
  }

  @Tag("S18")
  @Test
  void theOutputOfACommandPassesAsItIs() {
    emit(
        reporter(LogOptions.Format.TEXT, Level.INFO, false),
        List.of(new StepOutput(TIME, "build", 3, "\t\033[32mok  é")));

    assertThat(text()).isEqualTo("[build 3] \t\033[32mok  é\n");
  }

  @Test
  void progressAwayFromATerminalIsALineNowAndThen() {
    List<BuildEvent> events = new ArrayList<>();
    for (int i = 0; i <= 100; i++) {
      events.add(progress("a", i, i * 10L, 1000));
      events.add(progress("b", i, i, 1_000_000));
    }
    emit(reporter(LogOptions.Format.AUTO, Level.INFO, false), events);

    assertThat(text().lines().filter(line -> line.contains(" b:"))).hasSize(20);
    assertThat(text().lines().filter(line -> line.contains(" a:")))
        .hasSize(20)
        .contains("pull a: 50 % of 1.0 kB");
  }

  @Test
  void onATerminalOneLineMovesBelowTheOthers() {
    TextReporter reporter = reporter(LogOptions.Format.TEXT, Level.INFO, true);
    emitOpen(
        reporter,
        List.of(
            progress("a", 1, 100, 1000),
            progress("a", 2, 500, 1000),
            new Message(TIME, Level.INFO, "hello"),
            new TransferFinished(TIME, Direction.PULL, "a", 1000, "done")));
    reporter.close();

    assertThat(text())
        .isEqualTo(
            "pull a: 10 % of 1.0 kB"
                + "\r\033[Kpull a: 50 % of 1.0 kB"
                + "\r\033[Khello\npull a: 50 % of 1.0 kB"
                + "\r\033[Kpull a: done, 1.0 kB\n");
  }

  @Test
  void linesOfParallelStagesNeverMix() throws InterruptedException {
    TextReporter reporter = reporter(LogOptions.Format.AUTO, Level.INFO, false);
    List<Thread> threads = new ArrayList<>();
    for (String stage : List.of("a", "b", "c")) {
      String line = stage.repeat(500);
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 300; i++) {
                  reporter.emit(new StepOutput(TIME, stage, 1, line));
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    reporter.close();

    assertThat(text().lines())
        .hasSize(900)
        .allMatch(line -> line.matches("\\[a 1] a{500}|\\[b 1] b{500}|\\[c 1] c{500}"));
  }

  @Test
  void quantitiesAreReadable() {
    assertThat(Printable.bytes(999)).isEqualTo("999 B");
    assertThat(Printable.bytes(1_000)).isEqualTo("1.0 kB");
    assertThat(Printable.bytes(999_960)).isEqualTo("1.0 MB");
    assertThat(Printable.bytes(1_234_567_890L)).isEqualTo("1.2 GB");
    assertThat(Printable.duration(Duration.ofMillis(49))).isEqualTo("0.0 s");
    assertThat(Printable.duration(Duration.ofMillis(59_940))).isEqualTo("59.9 s");
    assertThat(Printable.duration(Duration.ofMillis(59_990))).isEqualTo("1 min 00 s");
    assertThat(Printable.duration(Duration.ofSeconds(3725))).isEqualTo("1 h 02 min");
    assertThat(Printable.line("a 🐳🐳🐳🐳🐳🐳", 6)).isEqualTo("a 🐳...");
  }

  private static List<BuildEvent> withoutProgress() {
    return Samples.events().stream().filter(e -> !(e instanceof TransferProgress)).toList();
  }

  private static TransferProgress progress(String what, int second, long done, long total) {
    return new TransferProgress(TIME.plusSeconds(second), Direction.PULL, what, done, total);
  }

  private static void emit(TextReporter reporter, List<BuildEvent> events) {
    emitOpen(reporter, events);
    reporter.close();
  }

  private static void emitOpen(TextReporter reporter, List<BuildEvent> events) {
    events.forEach(reporter::emit);
  }

  private TextReporter reporter(LogOptions.Format format, Level threshold, boolean terminal) {
    return new TextReporter(print(), new LogOptions(threshold, format, false), terminal);
  }

  private PrintStream print() {
    return new PrintStream(out, false, StandardCharsets.UTF_8);
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
