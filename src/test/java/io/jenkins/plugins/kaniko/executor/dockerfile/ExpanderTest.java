package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExpanderTest {

  /** One row of the table. */
  record Row(char escape, String word, Map<String, String> env, String expected) {}

  static Stream<Row> rows(String file) {
    return Cases.lines(file).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(ExpanderTest::row);
  }

  static Stream<Row> words() {
    return rows("expansion.txt");
  }

  static Stream<Row> lists() {
    return rows("words.txt");
  }

  static Stream<Row> bodies() {
    return rows("heredoc-expansion.txt");
  }

  private static Row row(String line) {
    String[] cells = line.split("¦", -1);
    assertThat(cells).as(line).hasSize(3);
    boolean backtick = cells[0].startsWith("(`) ");
    Map<String, String> env = new HashMap<>();
    for (String pair : cells[1].strip().split(" ", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        env.put(pair.substring(0, equals), pair.substring(equals + 1).replace("~", " "));
      }
    }
    String word = backtick ? cells[0].substring(4) : cells[0];
    String expected = cells[2].isEmpty() ? "" : cells[2].substring(1);
    return new Row(backtick ? '`' : '\\', word.substring(0, word.length() - 1), env, expected);
  }

  @ParameterizedTest
  @MethodSource("words")
  void aWordExpandsAsTheTableSays(Row row) throws Exception {
    Expander expander = new Expander(row.escape());
    if (row.expected().startsWith("error: ")) {
      assertThatThrownBy(() -> expander.expandWord(row.word(), Variables.of(row.env())))
          .isInstanceOf(DockerfileException.class)
          .hasMessage(row.expected().substring("error: ".length()));
    } else {
      assertThat(expander.expandWord(row.word(), Variables.of(row.env())))
          .isEqualTo(row.expected());
    }
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aTextExpandsToWordsAsTheTableSays(Row row) throws Exception {
    List<String> words =
        new Expander(row.escape()).expandWords(row.word(), Variables.of(row.env()));
    assertThat(String.join("|", words)).isEqualTo(row.expected());
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void aHereDocumentExpandsAsTheTableSays(Row row) throws Exception {
    assertThat(new Expander(row.escape()).expandHeredoc(row.word(), Variables.of(row.env())))
        .isEqualTo(row.expected());
  }

  @Test
  void anExpansionTellsWhichVariablesItUsed() throws Exception {
    Expansion expansion =
        new Expander('\\')
            .expand("$a ${b:-$c} '$d' \\$e ${f+x}", Variables.of(Map.of("a", "1", "f", "")));
    assertThat(expansion.used()).containsExactlyInAnyOrder("a", "f");
    assertThat(expansion.unset()).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void anEmptyValueIsSet() throws Exception {
    Variables variables = name -> Optional.of("");
    assertThat(new Expander('\\').expandWord("[${v-x}${v:-y}${v+z}]", variables)).isEqualTo("[yz]");
  }

  @Test
  void aHostilePatternTakesNoTimeToSpeakOf() throws Exception {
    Variables variables = Variables.of(Map.of("v", "a".repeat(20_000)));
    String expanded =
        new Expander('\\').expandWord("${v//a*a*a*b/x}${v##*a*a*b}${v%%b*a*}", variables);
    assertThat(expanded).hasSize(60_000);
  }

  @Test
  void valuesThatGrowWithoutEndAreRefused() {
    Variables variables = Variables.of(Map.of("v", "a".repeat(10_000)));
    String replaced = "${v//a/".repeat(50) + "$v" + "}".repeat(50);
    assertThatThrownBy(() -> new Expander('\\').expandWord(replaced, variables))
        .hasMessageMatching("the replacements grow beyond \\d+ characters");
    Variables large = Variables.of(Map.of("v", "a".repeat(1_000_000)));
    for (String text : List.of("$v".repeat(20), "\"" + "$v".repeat(20) + "\"")) {
      assertThatThrownBy(() -> new Expander('\\').expandWord(text, large))
          .hasMessageMatching("the variables grow beyond \\d+ characters");
    }
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "${a:-".repeat(5_000) + "}".repeat(5_000);
    assertThatThrownBy(() -> new Expander('\\').expandWord(deep, name -> Optional.empty()))
        .hasMessage("variables are nested more than 100 deep");
  }

  @Test
  void noInputIsWorseThanAnError() {
    Random random = new Random(20_260_101);
    String alphabet = "$${}{}'\"\\`:-+?#%/*ab _1\t\n\u00e9\ud83d\ude00\ud800";
    Variables variables = Variables.of(Map.of("a", "x*y/z", "b", "", "ab", "a b"));
    int expanded = 0;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder word = new StringBuilder();
      for (int n = random.nextInt(16); n >= 0; n--) {
        word.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        Expander expander = new Expander(random.nextBoolean() ? '\\' : '`');
        expander.expand(word.toString(), variables);
        expander.expandHeredoc(word.toString(), variables);
        expanded++;
      } catch (DockerfileException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
    assertThat(expanded).isBetween(10_000, 90_000);
  }
}
