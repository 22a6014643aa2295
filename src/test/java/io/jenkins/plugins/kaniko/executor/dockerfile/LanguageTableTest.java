package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the tables of docs/dockerfile.md to what the parser knows. */
class LanguageTableTest {

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern FLAG = Pattern.compile("([A-Z]+) --([a-z-]+).*");

  @Test
  void theTableHasEveryInstruction() throws IOException {
    Set<String> written = new TreeSet<>();
    for (List<String> row : rows("instruction")) {
      written.add(Chars.head(code(row.get(0)).get(0)).word());
    }
    assertThat(written).isEqualTo(new TreeSet<>(InstructionParser.KEYWORDS));
  }

  @Test
  void theTableHasEveryFlag() throws IOException {
    Map<String, Set<String>> written = new HashMap<>();
    for (List<String> row : rows("instruction")) {
      FLAG.matcher(code(row.get(0)).get(0))
          .results()
          .forEach(
              flag ->
                  written
                      .computeIfAbsent(flag.group(1), key -> new TreeSet<>())
                      .add(flag.group(2)));
    }
    assertThat(written)
        .isEqualTo(
            Map.of(
                "FROM", InstructionParser.FROM_FLAGS.keySet(),
                "RUN", RunParser.FLAGS.keySet(),
                "COPY", TransferParser.COPY_FLAGS.keySet(),
                "ADD", TransferParser.ADD_FLAGS.keySet(),
                "HEALTHCHECK", HealthcheckParser.FLAGS.keySet()));
  }

  @Test
  void theTableHasEveryOptionOfAMount() throws IOException {
    List<List<String>> rows = rows("type");
    List<String> common = List.of("type", "target", "readonly", "readwrite");
    assertThat(rows.stream().map(row -> code(row.get(0)).get(0).toUpperCase(Locale.ROOT)))
        .containsExactlyElementsOf(Arrays.stream(Mount.Type.values()).map(Enum::name).toList());
    for (List<String> row : rows) {
      Mount.Type type = Mount.Type.valueOf(code(row.get(0)).get(0).toUpperCase(Locale.ROOT));
      Set<String> options =
          code(row.get(1)).stream().map(MountParser.OPTIONS::get).collect(Collectors.toSet());
      options.addAll(common);
      assertThat(options).as(row.get(0)).isEqualTo(MountParser.allowed(type));
    }
  }

  @Test
  void theTableHasEveryRule() throws IOException {
    Set<String> written = new LinkedHashSet<>();
    for (List<String> row : rows("raised")) {
      for (String rule : code(row.get(1))) {
        assertThat(written.add(rule)).as(rule).isTrue();
      }
    }
    assertThat(written)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(LintRule.values()).map(LintRule::ruleName).toList());
  }

  /** The rows of the table whose first column has a title. */
  private static List<List<String>> rows(String title) throws IOException {
    return Files.readAllLines(Path.of("docs/dockerfile.md")).stream()
        .dropWhile(line -> !line.startsWith("| " + title + " |"))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> Arrays.stream(line.substring(1).split("\\|", -1)).map(String::strip).toList())
        .toList();
  }

  private static List<String> code(String cell) {
    return CODE.matcher(cell).results().map((MatchResult match) -> match.group(1)).toList();
  }
}
