package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** White space as the Dockerfile language has it. */
final class Chars {

  private Chars() {}

  /** Whether a code point is white space in the sense of Unicode, no-break spaces included. */
  static boolean isSpace(int c) {
    return (c >= '\t' && c <= '\r') || c == 0x85 || Character.isSpaceChar(c);
  }

  static String trim(String text) {
    String left = trimStart(text);
    int end = left.length();
    while (end > 0 && isSpace(left.charAt(end - 1))) {
      end--;
    }
    return left.substring(0, end);
  }

  static String trimStart(String text) {
    return text.substring(skipSpace(text, 0));
  }

  /** The index of the first character from an index on that is no white space. */
  static int skipSpace(String text, int start) {
    int at = start;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Whether a character separates the words of an instruction, where no quotes are known. */
  static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n');
  }

  /** The words of a text that knows no quotes. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !isBlank(text.charAt(end))) {
        end++;
      }
      if (end > at) {
        words.add(text.substring(at, end));
      }
      at = end + 1;
    }
    return words;
  }

  /** The first word of a text and the trimmed rest; the rest is empty for a single word. */
  static Head head(String text) {
    String trimmed = trim(text);
    int end = 0;
    while (end < trimmed.length() && !isBlank(trimmed.charAt(end))) {
      end++;
    }
    return new Head(trimmed.substring(0, end), trim(trimmed.substring(end)));
  }

  /** What {@link #head} gives. */
  record Head(String word, String rest) {}
}
