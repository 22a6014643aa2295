package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes that were once taken without a word, or answered with a useless one. */
class UsageProblemsTest {
  @TempDir Path directory;

  @Test
  void anUnknownSnapshotModeIsAnError() throws Exception {
    assertThatThrownBy(() -> parse("--snapshot-mode=foo"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--snapshot-mode, but foo is none of full, redo, time");
    for (String mode : List.of("full", "redo", "time")) {
      assertThat(parse("--snapshot-mode=" + mode)).isInstanceOf(Invocation.Build.class);
    }
  }

  @Test
  void aFlagBehindTwoDashesIsToldWhereItStands() {
    assertThatThrownBy(() -> parse("--", "--cache"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--cache, but it stands behind --");
  }

  @Test
  void anEmptyHomeIsNone() throws Exception {
    Invocation.Build build = (Invocation.Build) parse("--no-push");

    assertThat(build.request().storeDirectory().toString())
        .startsWith(System.getProperty("user.home"));
  }

  @Test
  void aDirectoryIsNoDockerfile() throws IOException {
    Files.createDirectory(directory.resolve("docker"));

    assertThatThrownBy(() -> BuildContext.findDockerfile(directory, "docker"))
        .hasMessageContaining("docker, but it is a directory");
  }

  @Test
  void anAnswerThatNobodyCanReadIsNoSuccess() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    PrintStream out = new PrintStream(full, false, StandardCharsets.UTF_8);

    assertThat(
            Main.run(List.of("--version"), new Main.Surroundings(Map.of(), out, System.err, false)))
        .isNotZero();
  }

  @Test
  void aLineTooLongToReadIsCut() {
    assertThat(Printable.shortened("RUN  " + "a".repeat(5000), 1000))
        .hasSize(1000)
        .startsWith("RUN  a")
        .endsWith("...");
  }

  private Invocation parse(String... flags) throws UsageException {
    return CommandLineParser.parse(
        Stream.concat(
                Stream.of("--context=" + directory, "--destination=r.example/a"), Stream.of(flags))
            .toList(),
        Map.of("HOME", ""));
  }
}
