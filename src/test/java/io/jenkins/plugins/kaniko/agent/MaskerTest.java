package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskerTest {
  private static final String SECRET = "correct \"horse\"\\ b/ttery+";
  private final Masker masker = new Masker(List.of(SECRET));

  @Test
  void everyOccurrenceIsReplaced() {
    assertThat(masker.mask("a " + SECRET + " b " + SECRET)).isEqualTo("a **** b ****");
    assertThat(new Masker(List.of("", " ")).mask("a b")).isEqualTo("a b");
  }

  @Test
  void escapedFormsAreReplaced() {
    assertThat(masker.mask("{\"p\":\"correct \\\"horse\\\"\\\\ b/ttery+\"}"))
        .isEqualTo("{\"p\":\"****\"}");
    assertThat(masker.mask("p=correct+%22horse%22%5C+b%2Fttery%2B&x=1")).isEqualTo("p=****&x=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "u:", "us:", "usr:", "user:"})
  void encodedFormsAreReplacedWhereverTheyBegin(String before) {
    for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
      String text =
          encoder.encodeToString((before + SECRET + ":end").getBytes(StandardCharsets.UTF_8));
      String masked = masker.mask(text);
      assertThat(masked).contains("****");
      String rest = masked.replace("****", "");
      assertThat(rest.length()).isLessThanOrEqualTo(text.length() - SECRET.length());
    }
  }

  @Test
  void aSecretBrokenOverLinesIsMaskedInEach() {
    for (int first = 0; first <= SECRET.length(); first++) {
      for (int second = first; second <= SECRET.length(); second++) {
        List<String> lines =
            lines(
                "a " + SECRET.substring(0, first),
                SECRET.substring(first, second),
                SECRET.substring(second) + " b");
        assertThat(lines).hasSize(3);
        String shown = String.join("", lines).replace("*", "");
        // The first characters may be out before anything tells that a secret begins.
        assertThat(shown).hasSizeLessThanOrEqualTo("a  b".length() + 3).startsWith("a ");
        assertThat(shown).endsWith(" b").doesNotContain("tt", "orse");
      }
    }
  }

  @Test
  void linesThatBeginNoSecretAreNotHeldBack() {
    Masker.Lines lines = masker.lines();
    assertThat(lines.add("done")).containsExactly("done");
    assertThat(lines.add("is it correct")).isEmpty();
    assertThat(lines.add("or not")).containsExactly("is it correct", "or not");
    assertThat(lines.add("correct ")).isEmpty();
    assertThat(lines.end()).containsExactly("correct ");
  }

  @Test
  void theLinesOfAFileAreMaskedAloneAndTogether() {
    Masker file = new Masker(List.of("-----BEGIN-----\nMIIEabcdefgh\n-----END-----\n"));
    assertThat(file.mask("key MIIEabcdefgh!")).isEqualTo("key ****!");
    assertThat(file.mask("-----BEGIN-----\nMIIEabcdefgh\n-----END-----")).doesNotContain("MIIE");
  }

  private List<String> lines(String... in) {
    Masker.Lines lines = masker.lines();
    List<String> out = new ArrayList<>();
    for (String line : in) {
      out.addAll(lines.add(line));
    }
    out.addAll(lines.end());
    return out;
  }
}
