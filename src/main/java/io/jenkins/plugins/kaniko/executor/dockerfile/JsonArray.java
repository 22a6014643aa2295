package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The JSON form of an instruction's arguments (RFC 8259).
 *
 * @param elements the strings of the array
 * @param stringsOnly whether every element is a string; {@code elements} means nothing otherwise
 * @param trailing the text behind the closing bracket: with it the arguments are no JSON form
 */
record JsonArray(List<String> elements, boolean stringsOnly, String trailing) {

  private static final int MAX_DEPTH = 100;

  /** Reads an array; empty when the text does not begin with a valid one. */
  static Optional<JsonArray> parse(String text) {
    return new Scanner(text).array();
  }

  /** Every method returns the index behind what it has read, or -1 where that is no JSON. */
  private static final class Scanner {

    private final String text;

    Scanner(String text) {
      this.text = text;
    }

    Optional<JsonArray> array() {
      int at = skipSpace(0);
      if (!is(at, '[')) {
        return Optional.empty();
      }
      List<String> elements = new ArrayList<>();
      boolean stringsOnly = true;
      at = skipSpace(at + 1);
      boolean first = true;
      while (!is(at, ']')) {
        if (!first) {
          if (!is(at, ',')) {
            return Optional.empty();
          }
          at = skipSpace(at + 1);
        }
        first = false;
        StringBuilder element = new StringBuilder();
        stringsOnly &= is(at, '"');
        at = is(at, '"') ? string(at, element) : value(at, 1);
        if (at < 0) {
          return Optional.empty();
        }
        elements.add(element.toString());
        at = skipSpace(at);
      }
      return Optional.of(
          new JsonArray(List.copyOf(elements), stringsOnly, Chars.trim(text.substring(at + 1))));
    }

    private int value(int at, int depth) {
      if (at >= text.length() || depth > MAX_DEPTH) {
        return -1;
      }
      return switch (text.charAt(at)) {
        case '"' -> string(at, new StringBuilder());
        case '[' -> members(at, ']', depth);
        case '{' -> members(at, '}', depth);
        case 't' -> literal(at, "true");
        case 'f' -> literal(at, "false");
        case 'n' -> literal(at, "null");
        default -> number(at);
      };
    }

    private int members(int open, char close, int depth) {
      int at = skipSpace(open + 1);
      boolean first = true;
      while (!is(at, close)) {
        if (!first) {
          if (!is(at, ',')) {
            return -1;
          }
          at = skipSpace(at + 1);
        }
        first = false;
        if (close == '}') {
          at = is(at, '"') ? string(at, new StringBuilder()) : -1;
          at = at < 0 ? -1 : skipSpace(at);
          if (!is(at, ':')) {
            return -1;
          }
          at = skipSpace(at + 1);
        }
        at = value(at, depth + 1);
        if (at < 0) {
          return -1;
        }
        at = skipSpace(at);
      }
      return at + 1;
    }

    private int string(int open, StringBuilder out) {
      int at = open + 1;
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c == '"') {
          replaceLoneSurrogates(out);
          return at;
        }
        if (c < ' ') {
          return -1;
        }
        if (c != '\\') {
          out.append(c);
          continue;
        }
        char escaped = at < text.length() ? text.charAt(at++) : 0;
        int plain = "\"\\/bfnrt".indexOf(escaped);
        if (plain >= 0) {
          out.append("\"\\/\b\f\n\r\t".charAt(plain));
        } else if (escaped == 'u' && at + 4 <= text.length() && isHex(at)) {
          out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        } else {
          return -1;
        }
      }
      return -1;
    }

    private static void replaceLoneSurrogates(StringBuilder out) {
      for (int i = 0; i < out.length(); i++) {
        if (!Character.isSurrogate(out.charAt(i))) {
          continue;
        }
        if (i + 1 < out.length() && Character.isSurrogatePair(out.charAt(i), out.charAt(i + 1))) {
          i++;
        } else {
          out.setCharAt(i, '\uFFFD');
        }
      }
    }

    private boolean isHex(int at) {
      for (int i = at; i < at + 4; i++) {
        if ("0123456789abcdefABCDEF".indexOf(text.charAt(i)) < 0) {
          return false;
        }
      }
      return true;
    }

    private int literal(int at, String word) {
      return text.startsWith(word, at) ? at + word.length() : -1;
    }

    private int number(int start) {
      int at = is(start, '-') ? start + 1 : start;
      int whole = digits(at);
      if (whole == at || (is(at, '0') && whole > at + 1)) {
        return -1;
      }
      at = whole;
      if (is(at, '.')) {
        int fraction = digits(at + 1);
        if (fraction == at + 1) {
          return -1;
        }
        at = fraction;
      }
      if (is(at, 'e') || is(at, 'E')) {
        int sign = is(at + 1, '+') || is(at + 1, '-') ? at + 2 : at + 1;
        int exponent = digits(sign);
        if (exponent == sign) {
          return -1;
        }
        at = exponent;
      }
      return at;
    }

    private int digits(int start) {
      int at = start;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      return at;
    }

    private boolean is(int at, char c) {
      return at >= 0 && at < text.length() && text.charAt(at) == c;
    }

    private int skipSpace(int start) {
      int at = start;
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return at;
    }
  }
}
