package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Level;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Message;
import io.jenkins.plugins.kaniko.executor.build.BuildException;
import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.SourceLocation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @TempDir Path temporary;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void aBuildThatSucceedsReportsAndWritesItsFiles() {
    int code =
        run(
            (request, events) -> {
              assertThat(request.destinations()).containsExactly("x");
              events.emit(new Message(Samples.TIME, Level.INFO, "working"));
              return Samples.result();
            },
            "-d=x",
            "--digest-file=" + temporary.resolve("digest"));

    assertThat(code).isZero();
    assertThat(text(out)).isEqualTo("working\n");
    assertThat(text(err)).isEmpty();
    assertThat(temporary.resolve("digest")).hasContent(Samples.DIGEST);
  }

  @ParameterizedTest
  @CsvSource({"DOCKERFILE_OR_COMMAND, 1", "USAGE, 2", "REGISTRY, 3", "ENVIRONMENT, 4"})
  void aFailureIsOneSentenceAndItsExitCode(Category category, int exitCode) {
    BuildFunction failing =
        (request, events) -> {
          throw new BuildException(
              category,
              "tried it, but no; try again",
              new SourceLocation("Dockerfile", 7, List.of("RUN false")),
              new IllegalStateException("cause"));
        };

    int code = run(failing, "-d=x");

    assertThat(code).isEqualTo(exitCode);
    assertThat(text(out))
        .isEqualTo("error: Dockerfile:7: tried it, but no; try again\n  7 | RUN false\n");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void aDefectIsOneSentenceAndATraceOnlyForThoseWhoAsk() {
    BuildFunction broken =
        (request, events) -> {
          throw new IllegalStateException("no such state");
        };

    assertThat(run(broken, "-d=x")).isEqualTo(4);
    assertThat(text(out)).contains("IllegalStateException: no such state").hasLineCount(1);
    assertThat(text(err)).isEmpty();

    assertThat(run(broken, "-d=x", "--verbosity=debug")).isEqualTo(4);
    assertThat(text(err)).contains("at " + MainTest.class.getName());
  }

  @Test
  void aHeapThatIsTooSmallIsNoDefect() {
    BuildFunction large =
        (request, events) -> {
          throw new OutOfMemoryError("Java heap space");
        };

    assertThat(run(large, "-d=x")).isEqualTo(4);
    assertThat(text(out)).contains("(Java heap space)", "-Xmx").doesNotContain("defect");
    assertThat(text(out)).hasLineCount(1);
  }

  @Test
  void anInterruptedBuildSaysSo() {
    int code =
        run(
            (request, events) -> {
              throw new InterruptedException();
            },
            "-d=x");

    assertThat(code).isEqualTo(130);
    assertThat(text(out)).contains("interrupted").hasLineCount(1);
  }

  @Test
  void unusableArgumentsStartNothing() {
    int code =
        run(
            (request, events) -> {
              throw new AssertionError("must not run");
            },
            "--no-such-flag");

    assertThat(code).isEqualTo(2);
    assertThat(text(out)).isEmpty();
    assertThat(text(err)).startsWith("error: ").contains("--no-such-flag").hasLineCount(1);
  }

  @Test
  void anOutputFileThatCannotBeWrittenStartsNothing() {
    AtomicBoolean started = new AtomicBoolean();
    int code =
        run(
            (request, events) -> {
              started.set(true);
              return Samples.result();
            },
            "-d=x",
            "--digest-file=" + temporary);

    assertThat(code).isEqualTo(4);
    assertThat(started).isFalse();
    assertThat(text(out)).contains(temporary.toString());
  }

  @Test
  void jsonFailuresAreEvents() {
    int code =
        run(
            (request, events) -> {
              throw new BuildException(Category.REGISTRY, "tried to push, but no");
            },
            "-d=x",
            "--log-format=json");

    assertThat(code).isEqualTo(3);
    assertThat(text(out)).startsWith("{\"event\":\"failed\"").contains("\"category\":\"registry\"");
  }

  @Test
  void aRelaunchedBuildDoesNothingHere() {
    List<String> seen = new ArrayList<>();
    Relauncher relauncher =
        (request, args) -> {
          seen.addAll(args);
          return OptionalInt.of(3);
        };
    BuildFunction never =
        (request, events) -> {
          throw new AssertionError("must not run");
        };

    int code = main(relauncher, never).run(arguments("-d=x", "--digest-file=/proc/none/digest"));

    assertThat(code).isEqualTo(3);
    assertThat(seen).contains("-d=x");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void helpAndVersionGoToStandardOutput() {
    assertThat(run((request, events) -> Samples.result(), "--help")).isZero();
    assertThat(text(out)).contains("Exit codes:");
    assertThat(run((request, events) -> Samples.result(), "--version")).isZero();
    assertThat(text(out)).contains("kaniko-build executor");
  }

  private int run(BuildFunction builder, String... args) {
    return main(Relauncher.NEVER, builder).run(arguments(args));
  }

  private Main main(Relauncher relauncher, BuildFunction builder) {
    return new Main(
        new Main.Surroundings(
            Map.of("HOME", temporary.toString()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false),
        relauncher,
        builder);
  }

  private List<String> arguments(String... args) {
    List<String> all = new ArrayList<>(List.of("--context=" + temporary));
    all.addAll(List.of(args));
    return all;
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
