package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;

/**
 * The opening of a here-document in an instruction: {@code <<EOF}, {@code <<-EOF}, {@code
 * 3<<"EOF"}, {@code << EOF}. As in BuildKit it is a word of its own.
 *
 * @param start index of its first character in the scanned text
 * @param end index behind its last character
 * @param name the delimiter without quotes
 * @param expand whether no part of the delimiter is quoted
 * @param chomp whether leading tabs are to be stripped
 * @param fileDescriptor the number before it, or 0
 */
record HeredocToken(
    int start, int end, String name, boolean expand, boolean chomp, int fileDescriptor) {

  /** The document that this token opens. */
  Heredoc withContent(String content) {
    return new Heredoc(name, expand, chomp, fileDescriptor, content);
  }

  /**
   * Finds the here-documents that a line opens. A line whose quotes do not close opens none, nor
   * does a shift in a shell's arithmetic.
   */
  static List<HeredocToken> scan(String line) {
    List<HeredocToken> tokens = new ArrayList<>();
    if (!line.contains("<<")) {
      return tokens;
    }
    Arithmetic arithmetic = new Arithmetic(line);
    int at = 0;
    while (at < line.length()) {
      if (Chars.isSpace(line.charAt(at))) {
        at++;
        continue;
      }
      int wordEnd = endOfWord(line, at);
      if (wordEnd < 0) {
        return new ArrayList<>();
      }
      HeredocToken token = match(line, at, arithmetic);
      if (token != null) {
        tokens.add(token);
        wordEnd = token.end;
      }
      at = wordEnd;
    }
    return tokens;
  }

  private static HeredocToken match(String line, int start, Arithmetic arithmetic) {
    int at = start;
    while (at < line.length() && line.charAt(at) >= '0' && line.charAt(at) <= '9') {
      at++;
    }
    int digitsEnd = at;
    if (!line.startsWith("<<", at) || digitsEnd - start > 6 || arithmetic.contains(start)) {
      return null;
    }
    at += 2;
    boolean chomp = line.startsWith("-", at);
    if (chomp) {
      at++;
    }
    while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
      at++;
    }
    int end = endOfWord(line, at);
    if (end <= at || line.substring(at, end).indexOf('<') >= 0) {
      return null;
    }
    String word = line.substring(at, end);
    String name = unquote(word);
    if (name.isEmpty()) {
      return null;
    }
    int descriptor = digitsEnd == start ? 0 : Integer.parseInt(line.substring(start, digitsEnd));
    return new HeredocToken(start, end, name, name.equals(word), chomp, descriptor);
  }

  /** The {@code ((...))} of a line, for indexes that only grow: each character is seen once. */
  private static final class Arithmetic {

    private final String line;
    private int open = -1;
    private int nextOpen;
    private int close;

    Arithmetic(String line) {
      this.line = line;
      nextOpen = line.indexOf("((");
    }

    /** Whether the last {@code ((} that begins up to an index is closed only behind it. */
    boolean contains(int index) {
      while (nextOpen >= 0 && nextOpen <= index) {
        open = nextOpen;
        nextOpen = line.indexOf("((", open + 1);
      }
      if (open >= 0 && close >= 0 && close <= open) {
        close = line.indexOf("))", open);
      }
      return open >= 0 && close > index;
    }
  }

  /** The index behind the word that starts at an index, or -1 when a quote does not close. */
  private static int endOfWord(String line, int start) {
    int at = start;
    while (at < line.length() && !Chars.isSpace(line.charAt(at))) {
      char c = line.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '\'') {
        at = line.indexOf('\'', at + 1);
      } else if (c == '"') {
        at = closingQuote(line, at);
      }
      if (at < 0) {
        return -1;
      }
      at++;
    }
    return Math.min(at, line.length());
  }

  private static int closingQuote(String line, int open) {
    for (int i = open + 1; i < line.length(); i++) {
      if (line.charAt(i) == '\\') {
        i++;
      } else if (line.charAt(i) == '"') {
        return i;
      }
    }
    return -1;
  }

  private static String unquote(String word) {
    StringBuilder plain = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote != '\'' && i + 1 < word.length()) {
        plain.append(word.charAt(++i));
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
