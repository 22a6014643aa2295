package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Failed;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Level;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepOutput;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepStarted;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferProgress;
import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.FileCounts;
import io.jenkins.plugins.kaniko.executor.build.SourceLocation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is not worth a line, away from a terminal. */
class QuietTextTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final TransferFinished PULLED =
      new TransferFinished(TIME, Direction.PULL, "a", 1000, "done");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final TextReporter reporter =
      new TextReporter(
          new PrintStream(out, true, StandardCharsets.UTF_8),
          new LogOptions(Level.INFO, LogOptions.Format.TEXT, false),
          false);

  @Test
  void aStepThatEndsAtOnceIsOneLine() {
    emit(started(), finished());

    assertThat(text()).containsExactly("[0 2/3] RUN true ... 0.0 s");
  }

  @Test
  void aStepThatWritesHasItsBeginningBeforeItsOutput() {
    emit(started(), new StepOutput(TIME, "0", 2, "hello"), finished());

    assertThat(text())
        .containsExactly("[0 2/3] RUN true", "[0 2] hello", "[0 2/3] RUN true ... 0.0 s");
  }

  @Test
  void aTransferBesideAStepDoesNotDoubleIt() {
    emit(started(), PULLED, finished());

    assertThat(text()).containsExactly("pull a: done, 1.0 kB", "[0 2/3] RUN true ... 0.0 s");
  }

  @Test
  void aLongStepIsAnnouncedWhileItRuns() throws InterruptedException {
    emit(started());
    while (text().isEmpty()) {
      Thread.sleep(20);
    }

    assertThat(text()).containsExactly("[0 2/3] RUN true");
  }

  @Test
  void anErrorThatShowsTheInstructionNeedsNoBeginning() {
    emit(started(), failed(Optional.of(new SourceLocation("Dockerfile", 2, List.of("RUN true")))));

    assertThat(text()).containsExactly("error: Dockerfile:2: it failed", "  2 | RUN true");
  }

  @Test
  void anErrorWithoutAPlaceStandsBelowItsStep() {
    emit(started(), failed(Optional.empty()));

    assertThat(text()).containsExactly("[0 2/3] RUN true", "error: it failed");
  }

  @Test
  void aSmallTransferIsOneLine() {
    transfer(19_000_000, 4);

    assertThat(text()).containsExactly("pull a: done, 1.0 kB");
  }

  @Test
  void aSlowTransferShowsThatItMoves() {
    transfer(1000, 12);

    assertThat(text())
        .containsExactly(
            "pull a: 50 % of 1.0 kB", "pull a: 91 % of 1.0 kB", "pull a: done, 1.0 kB");
  }

  @Test
  void aLargeTransferShowsItsQuarters() {
    transfer(40_000_000, 4);

    assertThat(text()).hasSize(5).startsWith("pull a: 25 % of 40.0 MB");
  }

  /** A transfer with a report each second. */
  private void transfer(long bytes, int seconds) {
    List<BuildEvent> events = new ArrayList<>();
    for (int i = 1; i <= seconds; i++) {
      events.add(
          new TransferProgress(
              TIME.plusSeconds(i), Direction.PULL, "a", bytes * i / seconds, bytes));
    }
    events.add(PULLED);
    emit(events.toArray(BuildEvent[]::new));
  }

  private void emit(BuildEvent... events) {
    for (BuildEvent event : events) {
      reporter.emit(event);
    }
  }

  private List<String> text() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static StepStarted started() {
    return new StepStarted(TIME, "0", 2, 3, "RUN true");
  }

  private static StepFinished finished() {
    return new StepFinished(TIME, "0", 2, 3, "RUN true", Duration.ZERO, FileCounts.NONE, 0, false);
  }

  private static Failed failed(Optional<SourceLocation> location) {
    return new Failed(TIME, Category.DOCKERFILE_OR_COMMAND, "it failed", location);
  }
}
