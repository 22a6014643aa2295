package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.BuildStarted;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Failed;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.ImageFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Level;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Message;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Pushed;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StageStarted;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepOutput;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepStarted;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferProgress;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Warning;
import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.BuildResult;
import io.jenkins.plugins.kaniko.executor.build.FileCounts;
import io.jenkins.plugins.kaniko.executor.build.SourceLocation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One event of each kind, and a result. */
final class Samples {
  static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");
  static final String DIGEST = "sha256:" + "ab".repeat(32);

  private Samples() {}

  static List<BuildEvent> events() {
    return List.of(
        new BuildStarted(TIME, "Dockerfile", 2, 9),
        new Message(TIME, Level.INFO, "sandbox: namespaces as root"),
        new Message(TIME, Level.DEBUG, "details"),
        new StageStarted(TIME, "build"),
        new Warning(TIME, "JSONArgsRecommended", "use the JSON form", "Dockerfile", 9),
        new StepStarted(TIME, "build", 3, 7, "RUN make \\\n  all"),
        new StepOutput(TIME, "build", 3, "cc -o hello hello.c"),
        new StepFinished(
            TIME,
            "build",
            3,
            7,
            "RUN make \\\n  all",
            Duration.ofMillis(4100),
            new FileCounts(12, 0, 0),
            1_200_000,
            false),
        new StepStarted(TIME, "build", 4, 7, "ENV A=b"),
        new StepFinished(
            TIME, "build", 4, 7, "ENV A=b", Duration.ofMillis(3), FileCounts.NONE, 0, false),
        new StepFinished(
            TIME, "build", 5, 7, "COPY . /", Duration.ZERO, new FileCounts(1, 2, 3), 9, true),
        new TransferProgress(TIME, Direction.PULL, "sha256:abcdef", 600, 2000),
        new TransferFinished(TIME, Direction.PULL, "sha256:abcdef", 2000, "done"),
        new TransferFinished(TIME, Direction.PUSH, "sha256:abcdef", 0, "already there"),
        new ImageFinished(TIME, DIGEST, DIGEST, 3, 3_456_789),
        new Pushed(TIME, "localhost:5000/app:1", DIGEST),
        new Failed(
            TIME,
            Category.DOCKERFILE_OR_COMMAND,
            "tried to run \"make\", but it ended with exit code 2; see its output above",
            Optional.of(new SourceLocation("Dockerfile", 9, List.of("RUN make \\", "  all")))));
  }

  static BuildResult result() {
    return new BuildResult(
        DIGEST,
        "sha256:" + "cd".repeat(32),
        "application/vnd.oci.image.manifest.v1+json",
        List.of("localhost:5000/team/app:1@" + DIGEST, "registry.example.com/app:latest@" + DIGEST),
        true,
        List.of("1", "latest"),
        List.of(new BuildResult.Layer(DIGEST, DIGEST, 42, "RUN make")),
        42,
        Duration.ofMillis(4100),
        1,
        0,
        List.of(
            new BuildResult.Step(
                "build", 1, "RUN make", Duration.ofMillis(4000), false, FileCounts.NONE, 7)));
  }
}
