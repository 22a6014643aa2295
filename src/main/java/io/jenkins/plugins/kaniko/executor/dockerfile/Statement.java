package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An instruction cut into its parts, before they mean anything. Indexes are those of the logical
 * line.
 *
 * @param source its place and text
 * @param keyword the first word, as it is written
 * @param flags the words that begin with {@code --} right behind the keyword, without quotes
 * @param args the trimmed rest
 * @param line the line that it stands on
 */
record Statement(Source source, Token keyword, List<Token> flags, Token args, LogicalLine line) {

  static Statement of(LogicalLine line) {
    return at(line.source(), line, 0);
  }

  /** The instruction that begins at an index of a line: itself, or the trigger of ONBUILD. */
  static Statement at(Source source, LogicalLine line, int index) {
    String text = line.text();
    int start = Chars.skipSpace(text, index);
    Chars.Head head = Chars.head(text.substring(start));
    FlagScanner scanner = new FlagScanner(text, start + head.word().length());
    List<Token> flags = scanner.flags();
    return new Statement(source, new Token(head.word(), start), flags, scanner.rest(), line);
  }

  /** What remains of a statement whose arguments end with the given ones: HEALTHCHECK's command. */
  Statement tail(String rest) {
    int at = args.at() + args.text().length() - rest.length();
    return new Statement(source, keyword, List.of(), new Token(rest, at), line);
  }

  /** The keyword in upper case. */
  String name() {
    return keyword.text().toUpperCase(Locale.ROOT);
  }

  /** The here-documents of the line. */
  List<Heredoc> heredocs() {
    return line.heredocs();
  }

  /** An error that concerns the instruction as a whole. */
  DockerfileException error(String detail) {
    return new DockerfileException(detail, source);
  }

  /** An error at one index. */
  DockerfileException error(int at, String detail) {
    return new DockerfileException(detail, place(at));
  }

  /** The place of one index. */
  Source place(int at) {
    return line.map().narrow(source, at);
  }

  /**
   * The arguments as JSON; empty when they are not, or when something stands behind the array. An
   * array of other than strings is an error.
   */
  Optional<JsonArray> json() throws DockerfileException {
    Optional<JsonArray> array =
        JsonArray.parse(args.text()).filter(json -> json.trailing().isEmpty());
    if (array.isPresent() && !array.get().stringsOnly()) {
      throw error(args.at(), name() + " in JSON form takes strings only, each in double quotes");
    }
    return array;
  }

  /** The arguments as JSON or, where they are none, as blank-separated words. */
  List<String> jsonOrWords() throws DockerfileException {
    Optional<JsonArray> array = json();
    return array.isPresent() ? array.get().elements() : Chars.words(args.text());
  }

  /** Reads the flags in front of the arguments. Quotes and backslashes are resolved here. */
  private static final class FlagScanner {

    private final String text;
    private int at;

    FlagScanner(String text, int start) {
      this.text = text;
      at = start;
    }

    List<Token> flags() {
      List<Token> flags = new ArrayList<>();
      while (true) {
        at = Chars.skipSpace(text, at);
        if (!text.startsWith("--", at)) {
          return flags;
        }
        int start = at;
        String word = word();
        if (word.equals("--")) {
          return flags;
        }
        flags.add(new Token(word, start));
      }
    }

    Token rest() {
      int start = Chars.skipSpace(text, at);
      return new Token(Chars.trim(text.substring(start)), start);
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
