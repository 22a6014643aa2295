package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An instruction cut into its parts, before they mean anything.
 *
 * @param source its place and text
 * @param keyword the first word, in upper case
 * @param flags the words that begin with {@code --} right behind the keyword, without quotes
 * @param args the trimmed rest
 * @param heredocs the here-documents of the line
 */
record Statement(
    Source source, String keyword, List<String> flags, String args, List<Heredoc> heredocs) {

  static Statement of(Source source, String text, List<Heredoc> heredocs) {
    Chars.Head head = Chars.head(text);
    FlagScanner scanner = new FlagScanner(head.rest());
    List<String> flags = scanner.flags();
    return new Statement(
        source, head.word().toUpperCase(Locale.ROOT), flags, scanner.rest(), heredocs);
  }

  DockerfileException error(String detail) {
    return new DockerfileException(detail, source);
  }

  /** The arguments as JSON; empty when they are not. An array of other than strings is an error. */
  Optional<JsonArray> json() throws DockerfileException {
    Optional<JsonArray> array = JsonArray.parse(args);
    if (array.isPresent() && !array.get().stringsOnly()) {
      throw error(keyword + " in JSON form takes strings only, each in double quotes");
    }
    return array;
  }

  /** The arguments as JSON or, where they are none, as blank-separated words. */
  List<String> jsonOrWords() throws DockerfileException {
    Optional<JsonArray> array = json();
    return array.isPresent() ? array.get().elements() : Chars.words(args);
  }

  /** Reads the flags in front of the arguments. Quotes and backslashes are resolved here. */
  private static final class FlagScanner {

    private final String text;
    private int at;

    FlagScanner(String text) {
      this.text = text;
    }

    List<String> flags() {
      List<String> flags = new ArrayList<>();
      while (true) {
        skipSpace();
        if (!text.startsWith("--", at)) {
          return flags;
        }
        String word = word();
        if (word.equals("--")) {
          return flags;
        }
        flags.add(word);
      }
    }

    String rest() {
      return Chars.trim(text.substring(at));
    }

    private void skipSpace() {
      while (at < text.length() && Chars.isSpace(text.charAt(at))) {
        at++;
      }
    }

    private String word() {
      StringBuilder word = new StringBuilder();
      char quote = 0;
      while (at < text.length() && (quote != 0 || !Chars.isSpace(text.charAt(at)))) {
        char c = text.charAt(at++);
        if (quote == 0 && (c == '"' || c == '\'')) {
          quote = c;
        } else if (c == quote) {
          quote = 0;
        } else if (c == '\\') {
          if (at < text.length()) {
            word.append(text.charAt(at++));
          }
        } else {
          word.append(c);
        }
      }
      return word.toString();
    }
  }
}
