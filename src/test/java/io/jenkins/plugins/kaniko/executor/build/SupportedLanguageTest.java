package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileParser;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the column "here" of docs/dockerfile.md to what the builder refuses. */
class SupportedLanguageTest {

  private static final Pattern ROW =
      Pattern.compile("\\| `([A-Z]+[ ][^`]+)` \\| (yes|refused) \\|.*");

  private static final Pattern ARGUMENT = Pattern.compile("BUILDKIT_[A-Z_]+");

  /** One row: an instruction, perhaps without its arguments, and what is said of it. */
  record Row(String instruction, boolean refused) {}

  static Stream<Row> rows() throws IOException {
    List<Row> rows =
        Files.readAllLines(Path.of("docs/dockerfile.md")).stream()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .map(row -> new Row(row.group(1), row.group(2).equals("refused")))
            .toList();
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theTableSaysWhatIsRefused(Row row) throws Exception {
    Dockerfile file = DockerfileParser.parse("Dockerfile", dockerfile(row.instruction()));
    Stage stage = file.stages().get(file.stages().size() - 1);
    Instruction instruction =
        stage.instructions().isEmpty() ? stage.from() : stage.instructions().get(0);
    if (row.refused()) {
      assertThatThrownBy(() -> Unsupported.check(instruction))
          .isInstanceOf(BuildException.class)
          .hasMessageContaining("not supported yet");
    } else {
      assertThatCode(() -> Unsupported.check(instruction)).doesNotThrowAnyException();
    }
  }

  @Test
  void theTableHasEveryBuildArgumentWithAMeaning() throws IOException {
    Set<String> expected = new TreeSet<>(PredefinedArgs.WITHOUT_EFFECT.keySet());
    expected.addAll(
        List.of(
            CachePlaces.INLINE_ARGUMENT,
            PredefinedArgs.CACHE_NAMESPACE,
            PredefinedArgs.CHECK,
            PredefinedArgs.HOSTNAME,
            PredefinedArgs.KEEP_GIT_DIR,
            PredefinedArgs.SYNTAX));
    Set<String> written =
        Files.readAllLines(Path.of("docs/dockerfile.md")).stream()
            .filter(line -> line.startsWith("| `BUILDKIT_"))
            .flatMap(line -> ARGUMENT.matcher(line.split("\\|", -1)[1]).results())
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(written).isEqualTo(expected);
  }

  private static String dockerfile(String written) {
    String body = written.contains("<<EOF") ? "\nEOF" : "";
    String flag = written.contains(" --") ? arguments(written) : "";
    String instruction = written.replace("ONBUILD instruction", "ONBUILD RUN x");
    return written.startsWith("FROM ")
        ? instruction + (flag.isEmpty() ? "" : " a")
        : "FROM scratch\n" + instruction + flag + body;
  }

  private static String arguments(String written) {
    return written.startsWith("HEALTHCHECK ") ? " CMD x" : " a b";
  }
}
