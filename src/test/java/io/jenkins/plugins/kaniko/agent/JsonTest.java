package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void everyKindOfValueIsRead() throws Exception {
    assertThat(Json.parseObject(" {\"a\" : [1, -2.5e1, true, false, null, {}, []], \"b\":\"c\"} "))
        .isEqualTo(
            Map.of(
                "a", Arrays.asList(1L, -25.0, true, false, null, Map.of(), List.of()), "b", "c"));
  }

  @Test
  void stringsComeBackAsTheyWere() throws Exception {
    String text = "quote \" backslash \\ tab \t newline \n nul \0 \u00e9 \ud83d\ude00 lone \udc80";
    assertThat(Json.parse(Json.write(text))).isEqualTo(text);
    assertThat(Json.write(text)).matches("[ -~]*");
    assertThat(Json.parse("\"\\/\\b\\f\\n\\r\\t\\u00E9\"")).isEqualTo("/\b\f\n\r\t\u00e9");
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    Map<String, Object> value = Map.of("a", List.of(1L, true, "x", Map.of("b", List.of())));
    assertThat(Json.parse(Json.write(value))).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "{", "[1,", "[1,]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "\"x", "\"\\q\"", "\"\\u12\"",
        "01", "+1", "1.", "nul", "True", "[1] 2", "[1 2]", "\"a\nb\"", "NaN", "'a'"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(Json.MalformedException.class);
  }

  @Test
  void deepNestingIsRefusedAndSecretsAreNotQuoted() {
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000)))
        .isInstanceOf(Json.MalformedException.class);
    assertThatThrownBy(() -> Json.parse("{\"password\": hunter2}"))
        .hasMessage("an unknown value at character 14");
  }
}
