package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Any text with variables: it expands or is refused, and looks up no more than it names. */
public final class ExpanderFuzzer {
  private static final Map<String, String> VALUES =
      Map.of("a", "x*y/z", "b", "", "ab", "a b", "A", "\\'\"$a", "_", "${a}");

  private ExpanderFuzzer() {}

  /** Called by the fuzzer: the first byte chooses the escape character. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    Expander expander = new Expander((data[0] & 1) == 0 ? '\\' : '`');
    String text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
    AtomicInteger lookups = new AtomicInteger();
    Variables variables =
        Variables.recording(Variables.of(VALUES), name -> lookups.incrementAndGet());
    try {
      Expansion expansion = expander.expand(text, variables);
      require(
          String.join("", expansion.words()).length() <= expansion.word().length(),
          "the words are longer than the text that they are cut from");
      require(expander.expandWord(text, variables).equals(expansion.word()), "two answers");
      require(expander.expandWords(text, variables).equals(expansion.words()), "two answers");
    } catch (DockerfileException e) {
      require(!e.detail().isBlank(), "an error that says nothing");
    }
    long names = 3 * text.chars().filter(c -> c == '$').count();
    require(lookups.get() <= names, "more lookups than names");
    try {
      expander.expandHeredoc(text, variables);
    } catch (DockerfileException e) {
      require(!e.detail().isBlank(), "an error that says nothing");
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
