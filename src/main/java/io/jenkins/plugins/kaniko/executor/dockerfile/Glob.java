package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * The pattern of a modifier: {@code *} is any text, {@code ?} any character, a backslash takes
 * their meaning away. There is no backtracking: time grows with pattern times text.
 */
final class Glob {

  private static final int ANY_CHAR = -1;
  private static final int ANY_TEXT = -2;
  private static final int NO_MATCH = -1;

  /** No match here, nor anywhere behind: the text ended within a {@code *}. */
  private static final int HOPELESS = -2;

  private final List<Integer> tokens;

  private Glob(List<Integer> tokens) {
    this.tokens = tokens;
  }

  /** Reads a pattern. A backslash may stand before {@code * ? \ / }} only. */
  static Glob compile(String pattern) throws DockerfileException {
    List<Integer> tokens = new ArrayList<>();
    int[] chars = pattern.codePoints().toArray();
    for (int i = 0; i < chars.length; i++) {
      switch (chars[i]) {
        case '*' -> {
          if (tokens.isEmpty() || tokens.get(tokens.size() - 1) != ANY_TEXT) {
            tokens.add(ANY_TEXT);
          }
        }
        case '?' -> tokens.add(ANY_CHAR);
        case '\\' -> {
          if (++i == chars.length || "*?\\/}".indexOf(chars[i]) < 0) {
            throw new DockerfileException(
                "invalid escape in the pattern "
                    + pattern
                    + "; a backslash stands before * ? \\ / or }");
          }
          tokens.add(chars[i]);
        }
        default -> tokens.add(chars[i]);
      }
    }
    return new Glob(tokens);
  }

  String trimPrefix(String value, boolean longest) {
    int[] chars = value.codePoints().toArray();
    int end = match(chars, 0, longest);
    return end < 0 ? value : new String(chars, end, chars.length - end);
  }

  String trimSuffix(String value, boolean longest) {
    List<Integer> reversed = new ArrayList<>(tokens);
    Collections.reverse(reversed);
    String trimmed = new Glob(reversed).trimPrefix(reverse(value), longest);
    return reverse(trimmed);
  }

  /**
   * Replaces the first or every longest match from the left.
   *
   * @param limit the length above which the result is refused
   */
  String replace(String value, String replacement, boolean all, int limit)
      throws DockerfileException {
    int[] chars = value.codePoints().toArray();
    StringBuilder result = new StringBuilder();
    int at = 0;
    while (at <= chars.length) {
      int end = match(chars, at, true);
      if (end == HOPELESS) {
        return result.append(new String(chars, at, chars.length - at)).toString();
      }
      if (end != NO_MATCH) {
        result.append(replacement);
        if (result.length() > limit) {
          throw new DockerfileException("the replacements grow beyond " + limit + " characters");
        }
        if (!all) {
          return result.append(new String(chars, end, chars.length - end)).toString();
        }
      }
      if (end > at) {
        at = end;
        if (at == chars.length) {
          break;
        }
        continue;
      }
      if (at < chars.length) {
        result.appendCodePoint(chars[at]);
      }
      at++;
    }
    return result.toString();
  }

  /**
   * The end of the longest or shortest match that begins at an index, {@link #NO_MATCH} or {@link
   * #HOPELESS}.
   */
  private int match(int[] chars, int start, boolean longest) {
    int accept = tokens.size();
    BitSet states = new BitSet(accept + 1);
    states.set(0);
    int end = NO_MATCH;
    for (int i = start; ; i++) {
      passStars(states);
      if (states.get(accept)) {
        end = i;
        if (!longest) {
          return end;
        }
      }
      if (states.isEmpty()) {
        return end;
      }
      if (i >= chars.length) {
        return end == NO_MATCH && inStar(states) ? HOPELESS : end;
      }
      states = step(states, chars[i]);
    }
  }

  private boolean inStar(BitSet states) {
    return states.stream().anyMatch(s -> s < tokens.size() && tokens.get(s) == ANY_TEXT);
  }

  private void passStars(BitSet states) {
    for (int s = states.nextSetBit(0); s >= 0 && s < tokens.size(); s = states.nextSetBit(s + 1)) {
      if (tokens.get(s) == ANY_TEXT) {
        states.set(s + 1);
      }
    }
  }

  private BitSet step(BitSet states, int c) {
    BitSet after = new BitSet(tokens.size() + 1);
    for (int s = states.nextSetBit(0); s >= 0 && s < tokens.size(); s = states.nextSetBit(s + 1)) {
      int token = tokens.get(s);
      if (token == ANY_TEXT) {
        after.set(s);
      } else if (token == ANY_CHAR || token == c) {
        after.set(s + 1);
      }
    }
    return after;
  }

  private static String reverse(String value) {
    int[] chars = value.codePoints().toArray();
    int[] reversed = Arrays.copyOf(chars, chars.length);
    for (int i = 0; i < chars.length; i++) {
      reversed[i] = chars[chars.length - 1 - i];
    }
    return new String(reversed, 0, reversed.length);
  }
}
