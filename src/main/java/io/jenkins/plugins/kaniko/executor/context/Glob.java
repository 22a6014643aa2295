package io.jenkins.plugins.kaniko.executor.context;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A pattern in the language of Go's {@code filepath.Match}: {@code *} and {@code ?} do not match a
 * slash, {@code [a-z]} and {@code [^a-z]} are classes, a backslash takes the next character as it
 * is. The dialect of {@code .dockerignore} adds {@code **}, which matches any number of
 * directories.
 */
public final class Glob {
  private sealed interface Token {}

  private record Literal(String text) implements Token {}

  private record CharClass(boolean negated, List<int[]> ranges) implements Token {
    boolean matches(int c) {
      return ranges.stream().anyMatch(r -> r[0] <= c && c <= r[1]) != negated;
    }
  }

  /** One character that is not a slash. */
  private record AnyChar() implements Token {}

  /** What may take any number of characters. */
  private enum Span implements Token {
    /** No slash. */
    WITHIN_NAME,
    /** Nothing, or everything up to and with some slash. */
    DIRECTORIES,
    EVERYTHING
  }

  private final List<Token> tokens;

  private Glob(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** Whether a pattern of {@code filepath.Match} is more than a plain name. */
  public static boolean isWildcard(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '*' || c == '?' || c == '[') {
        return true;
      }
    }
    return false;
  }

  /**
   * A pattern of one path component.
   *
   * @throws IllegalArgumentException if the pattern is not well-formed; the message says why
   */
  public static Glob forName(String pattern) {
    return new Glob(new Parser(pattern, false).parse());
  }

  /**
   * @throws IllegalArgumentException if the pattern is not well-formed; the message says why
   */
  static Glob forPath(String pattern) {
    List<Token> tokens = new Parser(pattern, true).parse();
    boolean leadingStarsOnly =
        tokens.size() == 2
            && tokens.get(0) == Span.DIRECTORIES
            && tokens.get(1) instanceof Literal
            && !pattern.startsWith("**/")
            && pattern.indexOf('\\') < 0;
    if (leadingStarsOnly) {
      // Docker takes "**x" for a suffix, so that it also matches "ax"; "a**x" does not match "abx".
      tokens.set(0, Span.EVERYTHING);
    }
    return new Glob(tokens);
  }

  /** Whether it matches all of a path, in time that grows with the pattern times the path. */
  public boolean matches(String path) {
    int at = 0;
    int next = 0;
    while (next < tokens.size() && !(tokens.get(next) instanceof Span)) {
      at = step(tokens.get(next++), path, at);
      if (at < 0) {
        return false;
      }
    }
    if (next == tokens.size()) {
      return at == path.length();
    }
    BitSet reached = new BitSet(path.length() + 1);
    reached.set(at);
    for (Token token : tokens.subList(next, tokens.size())) {
      reached =
          token instanceof Span span ? spread(span, path, reached) : step(token, path, reached);
      if (reached.isEmpty()) {
        return false;
      }
    }
    return reached.get(path.length());
  }

  private static BitSet step(Token token, String path, BitSet starts) {
    BitSet ends = new BitSet(path.length() + 1);
    for (int start = starts.nextSetBit(0); start >= 0; start = starts.nextSetBit(start + 1)) {
      int end = step(token, path, start);
      if (end >= 0) {
        ends.set(end);
      }
    }
    return ends;
  }

  /** Where a token that starts at an index ends, or -1 when it does not match there. */
  private static int step(Token token, String path, int start) {
    if (token instanceof Literal literal) {
      return path.startsWith(literal.text(), start) ? start + literal.text().length() : -1;
    }
    if (start == path.length()) {
      return -1;
    }
    int c = path.codePointAt(start);
    boolean matches = token instanceof CharClass chars ? chars.matches(c) : c != '/';
    return matches ? start + Character.charCount(c) : -1;
  }

  /** Where a span ends that may start at any of some indexes. */
  private static BitSet spread(Span span, String path, BitSet starts) {
    BitSet ends = new BitSet(path.length() + 1);
    boolean open = false;
    int at = starts.nextSetBit(0);
    while (at <= path.length()) {
      open |= starts.get(at);
      if (open && (span != Span.DIRECTORIES || starts.get(at) || path.charAt(at - 1) == '/')) {
        ends.set(at);
      }
      if (at == path.length()) {
        break;
      }
      int c = path.codePointAt(at);
      open &= span != Span.WITHIN_NAME || c != '/';
      at += Character.charCount(c);
    }
    return ends;
  }

  /** Whether some path below this directory could match. */
  boolean mayMatchBelow(String directory) {
    String below = directory + "/";
    String prefix =
        !tokens.isEmpty() && tokens.get(0) instanceof Literal literal ? literal.text() : "";
    boolean literalOnly = tokens.size() == 1 && !prefix.isEmpty();
    return prefix.startsWith(below) || (!literalOnly && below.startsWith(prefix));
  }

  private static final class Parser {
    private final String pattern;
    private final boolean doubleStars;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int at;

    Parser(String pattern, boolean doubleStars) {
      this.pattern = pattern;
      this.doubleStars = doubleStars;
    }

    List<Token> parse() {
      while (at < pattern.length()) {
        char c = pattern.charAt(at);
        switch (c) {
          case '*' -> add(span());
          case '?' -> {
            at++;
            add(new AnyChar());
          }
          case '[' -> add(charClass());
          default -> literal.appendCodePoint(character());
        }
      }
      endLiteral();
      return tokens;
    }

    private void add(Token token) {
      endLiteral();
      tokens.add(token);
    }

    private void endLiteral() {
      if (!literal.isEmpty()) {
        tokens.add(new Literal(literal.toString()));
        literal.setLength(0);
      }
    }

    private Span span() {
      if (!doubleStars || !pattern.startsWith("**", at)) {
        at++;
        return Span.WITHIN_NAME;
      }
      at += pattern.startsWith("**/", at) ? 3 : 2;
      return at == pattern.length() ? Span.EVERYTHING : Span.DIRECTORIES;
    }

    private CharClass charClass() {
      at++;
      boolean negated = pattern.startsWith("^", at);
      at += negated ? 1 : 0;
      List<int[]> ranges = new ArrayList<>();
      while (!(pattern.startsWith("]", at) && !ranges.isEmpty())) {
        int low = classCharacter();
        int high = low;
        if (pattern.startsWith("-", at)) {
          at++;
          high = classCharacter();
        }
        ranges.add(new int[] {low, high});
      }
      at++;
      return new CharClass(negated, ranges);
    }

    private int classCharacter() {
      if (at == pattern.length()) {
        throw new IllegalArgumentException("a [ has no ]");
      }
      if (pattern.charAt(at) == '-' || pattern.charAt(at) == ']') {
        throw new IllegalArgumentException("a character is missing in [...]");
      }
      return character();
    }

    private int character() {
      if (pattern.charAt(at) == '\\') {
        at++;
        if (at == pattern.length()) {
          throw new IllegalArgumentException("nothing follows the last \\");
        }
      }
      int c = pattern.codePointAt(at);
      at += Character.charCount(c);
      return c;
    }
  }
}
