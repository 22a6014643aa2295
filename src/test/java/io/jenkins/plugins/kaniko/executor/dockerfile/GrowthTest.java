package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that repeat one awkward piece. Their length is such that work that grows with its square
 * does not end within the time limit, which is no measure of anything else.
 */
@Timeout(60)
class GrowthTest {

  private static final int REPEATS = 50_000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$",
        "$a",
        "${",
        "${a",
        "${a:-",
        "${a:-x}",
        "${a//",
        "${a#*",
        "${a//x/y}",
        "}",
        "'",
        "''",
        "\"",
        "\"$a\"",
        "\\",
        "\\\\",
        " ",
        "a ",
        "((",
        "<<a ",
        "(( <<a )) ",
        "<<",
        "{",
        "*",
        "\u00a0"
      })
  void aLongWordExpandsOrIsRefusedInTime(String piece) {
    String text = piece.repeat(REPEATS);
    Variables variables = Variables.of(Map.of("a", "xxxx"));
    Expander expander = new Expander('\\');
    settles(() -> expander.expand(text, variables));
    settles(() -> expander.expandHeredoc(text, variables));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$a",
        "${a:-",
        "'",
        "\"",
        "\\",
        "\\\n",
        "\\\n\n",
        "\\\n#\n",
        " ",
        "a ",
        "a=b ",
        "((",
        "<<a ",
        "(( <<a )) ",
        "<<a\n",
        "[",
        "[\"a\",",
        "\"a\",",
        "--a ",
        "--link ",
        ",",
        "\n",
        "#\n",
        "_",
        "\t",
        "\u00a0",
        "+r",
        "1",
        "/a",
        ":"
      })
  void aLongInstructionIsReadOrRefusedInTime(String piece) {
    String text = piece.repeat(REPEATS);
    for (String keyword :
        List.of(
            "RUN ",
            "RUN --mount=",
            "COPY ",
            "COPY --chmod=",
            "ENV a=",
            "ENV ",
            "ARG ",
            "CMD [",
            "EXPOSE ",
            "ONBUILD RUN ",
            "HEALTHCHECK --interval=",
            "FROM ",
            "# check=",
            "")) {
      settles(
          () -> {
            Dockerfile file = DockerfileParser.parse("D", "FROM a\n" + keyword + text + "\n");
            for (Instruction instruction : file.stages().get(0).instructions()) {
              InstructionExpander.expand(instruction, name -> Optional.of("x"), '\\');
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RUN x\n",
        "ENV a$b=1\n",
        "ARG a\n",
        "# a\n",
        "CMD x\n",
        "FROM a\n",
        "FROM a AS b\n"
      })
  void manyInstructionsAreReadInTime(String line) throws Exception {
    Dockerfile file = DockerfileParser.parse("D", "FROM scratch AS b\n" + line.repeat(REPEATS / 2));
    assertThat(file.stages()).isNotEmpty();
  }

  private static void settles(ThrowingCallable work) {
    try {
      work.call();
    } catch (DockerfileException e) {
      assertThat(e.detail()).isNotEmpty();
    } catch (Throwable e) {
      assertThatCode(
              () -> {
                throw e;
              })
          .doesNotThrowAnyException();
    }
  }
}
