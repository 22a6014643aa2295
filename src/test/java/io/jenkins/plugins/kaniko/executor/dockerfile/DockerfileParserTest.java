package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DockerfileParserTest {

  static List<Cases.Case> cases() {
    return Cases.in("cases");
  }

  static List<Cases.Case> errors() {
    return Cases.in("errors");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aDockerfileGivesTheExpectedInstructions(Cases.Case one) throws Exception {
    assertThat(Dump.of(DockerfileParser.parse("Dockerfile", one.dockerfile())))
        .isEqualTo(one.expected());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lineEndsDoNotMatter(Cases.Case one) throws Exception {
    String crLf = one.dockerfile().replaceAll("\r?\n", "\r\n");
    assertThat(Dump.of(DockerfileParser.parse("Dockerfile", crLf)).replace("<CR>", ""))
        .isEqualTo(one.expected().replace("<CR>", ""));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void aWrongDockerfileGivesTheExpectedMessage(Cases.Case one) {
    assertThatThrownBy(() -> DockerfileParser.parse("Dockerfile", one.dockerfile()))
        .isInstanceOf(DockerfileException.class)
        .hasMessage(one.expected().strip());
  }

  @Test
  void theSnippetShowsTheLinesOfTheInstructionWithTheirNumbers() {
    assertThatThrownBy(
            () -> DockerfileParser.parse("Dockerfile", "FROM a\n\nCOPY \\\r\n\n  # no\n  x"))
        .isInstanceOfSatisfying(
            DockerfileException.class,
            e -> {
              assertThat(e)
                  .hasMessage(
                      "Dockerfile:3: COPY requires at least one source and a destination,"
                          + " but only one argument was given");
              assertThat(e.snippet())
                  .isEqualTo("   3 | COPY \\\n   4 |\n   5 |   # no\n   6 |   x\n");
              assertThat(e.range()).contains(new SourceRange("Dockerfile", 3, 6));
              assertThat(e.suggestion()).isEmpty();
            });
  }

  @Test
  void aSnippetWithAColumnPointsAtIt() {
    assertThatThrownBy(
            () ->
                DockerfileParser.parse(
                    "Dockerfile", "FROM a\nRUN \\\n # no\n\t--network=none\t--moutn=x \\\r\n y"))
        .isInstanceOfSatisfying(
            DockerfileException.class,
            e -> {
              assertThat(e)
                  .hasMessage(
                      "Dockerfile:4:17: unknown flag --moutn of RUN; did you mean --mount?");
              assertThat(e.snippet())
                  .isEqualTo("   4 | \t--network=none\t--moutn=x \\\n     | \t              \t^\n");
              assertThat(e.range())
                  .contains(new SourceRange("Dockerfile", 4, 4, OptionalInt.of(17)));
              assertThat(e.lines()).containsExactly("\t--network=none\t--moutn=x \\");
              assertThat(e.suggestion()).contains("--mount");
            });
  }

  @Test
  void aLongSnippetIsCut() {
    String text = "FROM a\nCOPY" + " \\\n".repeat(40) + "\n";
    assertThatThrownBy(() -> DockerfileParser.parse("Dockerfile", text))
        .isInstanceOfSatisfying(
            DockerfileException.class,
            e -> assertThat(e.snippet().lines()).hasSize(13).endsWith("     | ..."));
  }

  @Test
  void stagesAreFoundByNameWithoutCaseAndByIndex() throws Exception {
    Dockerfile file =
        DockerfileParser.parse("D", "FROM a AS One\nFROM b\nFROM c AS one\nFROM d AS last\n");
    assertThat(file.findStage("ONE").map(Stage::index)).contains(2);
    assertThat(file.findStage("one", 2).map(Stage::index)).contains(0);
    assertThat(file.findStage("1").map(Stage::index)).contains(1);
    assertThat(file.findStage("1", 1)).isEmpty();
    assertThat(file.findStage("9")).isEmpty();
    assertThat(file.findStage("99999999999")).isEmpty();
    assertThat(file.findStageByName("1", 4)).isEmpty();
    assertThat(file.stages().get(1).displayName()).isEqualTo("1");
  }

  @Test
  void aTriggerIsOneInstruction() throws Exception {
    Instruction trigger =
        DockerfileParser.parseTrigger("base:1", "COPY --from=x <<EOF /etc/motd\nhi $USER\nEOF");
    assertThat(Dump.of(trigger))
        .isEqualTo(
            """
            1-3 COPY -> [/etc/motd] from=[x]
              flags --from
              heredoc EOF expand [hi $USER<LF>]
            """);
    assertThatThrownBy(() -> DockerfileParser.parseTrigger("base:1", "RUN a\nRUN b"))
        .hasMessage("base:1:2: an ONBUILD trigger is one instruction, but this one goes on");
    assertThatThrownBy(() -> DockerfileParser.parseTrigger("base:1", "FROM b"))
        .hasMessage("base:1:1: FROM cannot be triggered by ONBUILD");
    assertThatThrownBy(() -> DockerfileParser.parseTrigger("base:1", "onbuild RUN a"))
        .hasMessage("base:1:1: ONBUILD cannot be triggered by ONBUILD");
    assertThatThrownBy(() -> DockerfileParser.parseTrigger("base:1", " # nothing\n"))
        .hasMessage("base:1: the ONBUILD trigger is empty");
  }

  @Test
  void aTriggerThatIsRecordedCanBeReadAgain() throws Exception {
    Dockerfile file =
        DockerfileParser.parse(
            "D", "# escape=`\nFROM a\nONBUILD RUN <<EOF <<-X `\n  cat\na\nEOF\n\tb\n\tX\n");
    OnbuildInstruction onbuild = (OnbuildInstruction) file.stages().get(0).instructions().get(0);
    Instruction again = DockerfileParser.parseTrigger("base", onbuild.trigger());
    assertThat(again.heredocs()).isEqualTo(onbuild.instruction().heredocs());
    assertThat(again.original()).isEqualTo(onbuild.instruction().original());
  }

  @Test
  void aScriptIsAHereDocumentAlone() throws Exception {
    List<Instruction> runs =
        DockerfileParser.parse(
                "D",
                """
                FROM a
                RUN <<-EOF
                \techo
                EOF
                RUN cat <<EOF
                x
                EOF
                RUN <<A <<B
                A
                B
                RUN x
                """)
            .stages()
            .get(0)
            .instructions();
    assertThat(command(runs.get(0)).script().map(Heredoc::text)).contains("echo\n");
    assertThat(command(runs.get(1)).script()).isEqualTo(Optional.empty());
    assertThat(command(runs.get(1)).withHeredocs()).isEqualTo("cat <<EOF\nx\nEOF");
    assertThat(command(runs.get(2)).script()).isEqualTo(Optional.empty());
    assertThat(command(runs.get(2)).withHeredocs()).isEqualTo("<<A <<B\nA\nB");
    assertThat(command(runs.get(3)).script()).isEqualTo(Optional.empty());
    assertThat(command(runs.get(3)).withHeredocs()).isEqualTo("x");
  }

  @Test
  void noInputIsWorseThanAnError() {
    Random random = new Random(20_260_102);
    String alphabet = "\"'\\`[]{},=$<-# \t\r\n:/aE1";
    List<String> seeds =
        Stream.concat(cases().stream(), errors().stream()).map(Cases.Case::dockerfile).toList();
    int parsed = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
      for (int n = random.nextInt(6); n >= 0 && text.length() > 0; n--) {
        int at = random.nextInt(text.length());
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        if (random.nextBoolean()) {
          text.setCharAt(at, c);
        } else {
          text.insert(at, c);
        }
      }
      try {
        for (Stage stage : DockerfileParser.parse("D", text.toString()).stages()) {
          for (Instruction instruction : stage.instructions()) {
            InstructionExpander.expand(instruction, name -> Optional.of("x"), '\\');
          }
        }
        parsed++;
      } catch (DockerfileException e) {
        assertThat(e).hasMessageMatching("(?s)D(:\\d+){0,2}: .+");
      }
    }
    assertThat(parsed).isBetween(1_000, 19_000);
  }

  @Test
  void deeplyNestedJsonIsNoJson() throws Exception {
    Dockerfile file = DockerfileParser.parse("D", "FROM a\nRUN [" + "[".repeat(100_000));
    RunInstruction run = (RunInstruction) file.stages().get(0).instructions().get(0);
    assertThat(run.command().shellForm()).isTrue();
  }

  private static CommandLine command(Instruction instruction) {
    return ((RunInstruction) instruction).command();
  }
}
