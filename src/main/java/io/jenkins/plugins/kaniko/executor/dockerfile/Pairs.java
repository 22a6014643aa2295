package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The quoted words of ENV, LABEL and ARG; quotes and escapes stay for the expansion. */
final class Pairs {

  private Pairs() {}

  /** Splits at white space outside quotes and escapes. */
  static List<Token> words(Token args, char escape) {
    String text = args.text();
    List<Token> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    int start = 0;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Chars.isSpace(c)) {
        flush(word, args.at() + start, words);
        continue;
      }
      if (word.length() == 0) {
        start = i;
      }
      if (c == escape && quote != '\'') {
        if (i + 1 == text.length()) {
          continue;
        }
        word.append(c).append(text.charAt(++i));
        continue;
      }
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      word.append(c);
    }
    flush(word, args.at() + start, words);
    return words;
  }

  private static void flush(StringBuilder word, int at, List<Token> words) {
    if (word.length() > 0) {
      words.add(new Token(word.toString(), at));
      word.setLength(0);
    }
  }

  /** The pairs of {@code k=v ...}, or of the legacy form {@code k the rest}. */
  static List<KeyValue> parse(Statement statement, char escape) throws DockerfileException {
    List<Token> words = words(statement.args(), escape);
    if (words.isEmpty()) {
      throw statement.error(statement.name() + " requires at least one key=value pair");
    }
    if (isLegacy(words)) {
      Chars.Head head = Chars.head(statement.args().text());
      if (head.rest().isEmpty()) {
        throw statement.error(
            words.get(0).at(),
            statement.name() + " " + head.word() + " has no value; write " + head.word() + "=");
      }
      return List.of(new KeyValue(head.word(), head.rest()));
    }
    List<KeyValue> pairs = new ArrayList<>();
    for (Token token : words) {
      String word = token.text();
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw statement.error(
            token.at(),
            "\"" + word + "\" has no =; write key=value, with quotes around a value with spaces");
      }
      if (equals == 0) {
        throw statement.error(
            token.at(),
            statement.name() + " has a blank name before \"" + word + "\"; write key=value");
      }
      pairs.add(new KeyValue(word.substring(0, equals), word.substring(equals + 1)));
    }
    return pairs;
  }

  /** Whether the words are of the legacy form: there is no {@code =} in the first. */
  static boolean isLegacy(List<Token> words) {
    return !words.get(0).text().contains("=");
  }

  /** The declarations of ARG. */
  static List<Arg> args(Statement statement, char escape) throws DockerfileException {
    List<Arg> args = new ArrayList<>();
    for (Token token : words(statement.args(), escape)) {
      String word = token.text();
      int equals = word.indexOf('=');
      if (equals == 0) {
        throw statement.error(
            token.at(),
            "ARG has a blank name before \"" + word + "\"; write name=default without spaces");
      }
      args.add(
          equals < 0
              ? new Arg(word, Optional.empty())
              : new Arg(word.substring(0, equals), Optional.of(word.substring(equals + 1))));
    }
    if (args.isEmpty()) {
      throw statement.error("ARG requires at least one name");
    }
    return args;
  }
}
