package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InstructionExpanderTest {

  private static final Map<String, String> ENV =
      Map.of(
          "v", "x", "dir", "/a b", "ports", "80 443/udp", "n", "1000", "list", "p q", "sz", "2m");

  /** One row of the table: an instruction, and its dump or its error. */
  record Row(String instruction, String expected) {}

  static Stream<Row> rows() {
    return Cases.lines("instructions.txt").stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split(" ¦ ", -1))
        .map(cells -> new Row(cells[0].stripTrailing(), cells[1]));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void fieldsExpandAsTheTableSays(Row row) throws Exception {
    Instruction parsed = parse(row.instruction());
    if (row.expected().startsWith("error: ")) {
      assertThatThrownBy(() -> InstructionExpander.expand(parsed, Variables.of(ENV), '\\'))
          .isInstanceOf(DockerfileException.class)
          .hasMessage(row.expected().substring("error: ".length()));
    } else {
      Instruction expanded = InstructionExpander.expand(parsed, Variables.of(ENV), '\\');
      assertThat(Dump.of(expanded).lines().findFirst()).contains(row.expected());
      assertThat(expanded.source()).isEqualTo(parsed.source());
    }
  }

  @Test
  void anUnquotedHereDocumentOfCopyIsExpandedOnce() throws Exception {
    Instruction copy = parse("COPY <<-A <<'B' /d/\n\t\"$v\" \\$v\nA\n$v\nB");
    Instruction expanded = InstructionExpander.expand(copy, Variables.of(ENV), '\\');
    assertThat(expanded.heredocs().stream().map(Heredoc::text))
        .containsExactly("\"x\" $v\n", "$v\n");
    Instruction again = InstructionExpander.expand(expanded, Variables.of(ENV), '\\');
    assertThat(again.heredocs()).isEqualTo(expanded.heredocs());
  }

  @Test
  void theUsedVariablesCanBeRecorded() throws Exception {
    Set<String> asked = new LinkedHashSet<>();
    Variables variables = Variables.recording(Variables.of(ENV), asked::add);
    InstructionExpander.expand(parse("COPY --chown=$n $v ${w:-$dir} /d"), variables, '\\');
    assertThat(asked).containsExactlyInAnyOrder("n", "v", "w", "dir");
  }

  @Test
  void anErrorNamesTheInstruction() throws Exception {
    Instruction copy = parse("WORKDIR \\\n ${v");
    assertThatThrownBy(() -> InstructionExpander.expand(copy, Variables.of(ENV), '\\'))
        .isInstanceOfSatisfying(
            DockerfileException.class,
            e -> {
              assertThat(e).hasMessage("Dockerfile:2: ${v is not closed with }");
              assertThat(e.snippet()).isEqualTo("   2 | WORKDIR \\\n   3 |  ${v\n");
            });
  }

  @Test
  void aFieldOfAnyLengthIsAnErrorAtWorst() throws Exception {
    String huge = "9".repeat(2_000_000);
    for (String instruction :
        List.of(
            "COPY --chmod=" + "+r".repeat(500_000) + " a b",
            "COPY --chmod=" + "u=rw,".repeat(200_000) + " a b",
            "RUN --mount=type=tmpfs,target=/t,size=$huge a",
            "RUN --mount=type=cache,target=/t,mode=$huge a",
            "EXPOSE $huge",
            "STOPSIGNAL $huge")) {
      Instruction parsed = parse(instruction);
      Variables variables = name -> Optional.of(huge);
      assertThatThrownBy(() -> InstructionExpander.expand(parsed, variables, '\\'))
          .isInstanceOf(DockerfileException.class);
    }
  }

  @Test
  void portsAreListedAsTheConfigurationHasThem() throws Exception {
    assertThat(PortSpec.parse("80").ports()).containsExactly("80/tcp");
    assertThat(PortSpec.parse("53/UDP").ports()).containsExactly("53/udp");
    assertThat(PortSpec.parse("8000-8002/sctp").ports())
        .isEqualTo(List.of("8000/sctp", "8001/sctp", "8002/sctp"));
    assertThat(PortSpec.parse("80/").ports()).containsExactly("80/tcp");
    assertThat(PortSpec.parse("127.0.0.1:8080:80/tcp"))
        .isEqualTo(new PortSpec(80, 80, "tcp", true));
    assertThat(PortSpec.parse("8080:80").hostPart()).isTrue();
    assertThat(PortSpec.parse("[::1]:8080:80").hostPart()).isTrue();
  }

  private static Instruction parse(String instruction) throws DockerfileException {
    Dockerfile file =
        instruction.startsWith("FROM")
            ? DockerfileParser.parse("Dockerfile", "\n" + instruction)
            : DockerfileParser.parse("Dockerfile", "FROM a\n" + instruction);
    Stage stage = file.stages().get(0);
    return instruction.startsWith("FROM") ? stage.from() : stage.instructions().get(0);
  }
}
