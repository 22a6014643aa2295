package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Level;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes and real signals. */
@Timeout(60)
class InterruptionTest {
  @TempDir Path temporary;

  /** An executor whose build waits forever, or not at all, and cleans up when it is interrupted. */
  static final class Executor {
    private Executor() {}

    public static void main(String[] args) {
      Path trace = Path.of(args[0]);
      Main.Surroundings surroundings =
          new Main.Surroundings(Map.of("HOME", "/none"), System.out, System.err, false);
      BuildFunction builder =
          (request, events) -> {
            events.emit(new Message(Instant.EPOCH, Level.INFO, "working"));
            try {
              if (args[1].equals("forever")) {
                new CountDownLatch(1).await();
              }
              return Samples.result();
            } finally {
              write(trace);
            }
          };
      Main main = new Main(surroundings, Relauncher.NEVER, builder);
      Interruption.exitAfter(() -> main.run(List.of("--no-push", "-c=" + trace.getParent())));
    }

    private static void write(Path trace) {
      try {
        Files.writeString(trace, "cleaned up");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalEndsTheBuildAfterItsCleanUp(String signal, int exitCode) throws Exception {
    Process process = start("forever");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("working");
      int killed =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      assertThat(killed).isZero();

      assertThat(out.readLine()).isEqualTo("error: the build was interrupted");
      assertThat(process.waitFor()).isEqualTo(exitCode);
      assertThat(temporary.resolve("trace")).hasContent("cleaned up");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aBuildThatEndsByItselfExitsAtOnce() throws Exception {
    Process process = start("briefly");
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(String duration) throws IOException {
    // Whoever runs the tests in the background may have SIGINT ignored, which children inherit.
    return new ProcessBuilder(
            "env",
            "--default-signal=INT",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Executor.class.getName(),
            temporary.resolve("trace").toString(),
            duration)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
