package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Reports the steps of one stage, and keeps them for the result. FROM is step 1. */
final class StepLog {
  private final EventSink events;
  private final Clock clock;
  private final List<BuildResult.Step> steps;
  private String stage = "";
  private int total;
  private int number;
  private Instant start = Instant.EPOCH;

  /**
   * @param steps where finished steps are added
   */
  StepLog(EventSink events, Clock clock, List<BuildResult.Step> steps) {
    this.events = events;
    this.clock = clock;
    this.steps = steps;
  }

  void begin(Stage stage, int instructions) {
    this.stage = stage.name().orElseGet(() -> "stage-" + stage.index());
    this.total = instructions + 1;
    events.emit(new BuildEvent.StageStarted(clock.instant(), this.stage));
    started(stage.from());
    finished(stage.from(), FileCounts.NONE, 0, false);
  }

  void started(Instruction step) {
    number++;
    start = clock.instant();
    events.emit(new BuildEvent.StepStarted(start, stage, number, total, step.original()));
  }

  void output(String line) {
    events.emit(new BuildEvent.StepOutput(clock.instant(), stage, number, line));
  }

  void finished(Instruction step, FileCounts files, long bytes, boolean cached) {
    Instant now = clock.instant();
    Duration duration = Duration.between(start, now);
    steps.add(new BuildResult.Step(stage, number, step.original(), duration, cached, files, bytes));
    events.emit(
        new BuildEvent.StepFinished(
            now, stage, number, total, step.original(), duration, files, bytes, cached));
  }
}
