package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LexicalTest {

  @ParameterizedTest
  @CsvSource({
    "1s,PT1S", "1h30m,PT1H30M", "1.5s,PT1.5S", ".5m,PT30S", "300ms,PT0.3S", "10us,PT0.00001S",
    "10\u00b5s,PT0.00001S", "5ns,PT0.000000005S", "0,PT0S", "-2s,PT-2S", "+2s,PT2S", "1.s,PT1S"
  })
  void aDurationIsReadAsGoReadsIt(String text, Duration expected) {
    assertThat(GoDuration.parse(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "s", "1d", "1s2", "1 s", "-", ".s", "1,5s", "9999999999h", "1S"})
  void whatIsNoDurationIsNotRead(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "a", "[", "[\"a\"", "[\"a\",]", "[,]", "[\"a\" \"b\"]", "['a']", "[a]", "[\"\\x\"]",
        "[\"\\u12g4\"]", "[01]", "[1.]", "[-]", "[1e]", "[tru]", "[{\"a\"}]", "[{a:1}]", "[[]", "{}"
      })
  void whatIsNoJsonArrayIsNone(String text) {
    assertThat(JsonArray.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1]",
        "[null]",
        "[\"a\", true]",
        "[-0.5e+3]",
        "[[]]",
        "[{}]",
        "[{\"a\": [1, {}]}]"
      })
  void anArrayOfOtherThanStringsIsToldApart(String text) {
    assertThat(JsonArray.parse(text))
        .hasValueSatisfying(a -> assertThat(a.stringsOnly()).isFalse());
  }

  @Test
  void theNearestNameIsSuggestedOnlyWhenItIsNear() {
    List<String> names = List.of("RUN", "COPY", "ENTRYPOINT");
    assertThat(Suggestions.nearest("runn", names)).contains("RUN");
    assertThat(Suggestions.nearest("CPOY", names)).contains("COPY");
    assertThat(Suggestions.nearest("ENTRIPOIN", names)).contains("ENTRYPOINT");
    assertThat(Suggestions.nearest("USER", names)).isEmpty();
    assertThat(Suggestions.nearest("x".repeat(1_000_000), names)).isEmpty();
    assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
    assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
  }

  @Test
  void fieldsOfAMountAreCommaSeparated() throws Exception {
    assertThat(Csv.fields("a,b=c,")).containsExactly("a", "b=c", "");
    assertThat(Csv.fields("\"a,b\",\"c\"\"d\"")).containsExactly("a,b", "c\"d");
    assertThatThrownBy(() -> Csv.fields("\"a\"b")).hasMessageContaining("comma is missing");
    assertThatThrownBy(() -> Csv.fields("a\"b\"")).hasMessageContaining("inside the field");
  }

  @Test
  void shiftsInArithmeticOpenNoHereDocument() {
    assertThat(HeredocToken.scan("echo $(( 1 <<2 )) <<A $((x)) <<B $(( y <<3")).hasSize(3);
    assertThat(HeredocToken.scan("$(( 1 <<2 (( <<3 )) <<A )) <<B"))
        .extracting(HeredocToken::name)
        .containsExactly("A", "B");
  }

  @Test
  @Timeout(60)
  void aLineOfManyShiftsTakesNoTimeToSpeakOf() {
    assertThat(HeredocToken.scan("(( <<a ".repeat(200_000))).hasSize(200_000);
    assertThat(HeredocToken.scan("<<a ".repeat(200_000) + "((")).hasSize(200_000);
    assertThat(HeredocToken.scan("(( <<a )) ".repeat(200_000))).isEmpty();
  }

  @Test
  void onlyTheTabsThatBeginALineAreStripped() {
    Heredoc heredoc = new Heredoc("E", false, true, 0, "\t\ta\tb\n\u2028\tc\r\td\n\t\n");
    assertThat(heredoc.text()).isEqualTo("a\tb\n\u2028\tc\r\td\n\n");
  }
}
