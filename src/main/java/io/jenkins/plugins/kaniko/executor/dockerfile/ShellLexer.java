package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * One pass over one word: removes quotes and escapes, replaces variables. The grammar is that of
 * "Environment replacement" in the Dockerfile reference.
 */
final class ShellLexer {

  private static final int END = -1;
  private static final int MAX_DEPTH = 100;
  private static final int MAX_EXCERPT = 60;

  /** What values may add to a text: far beyond any use, well below the heap. */
  private static final int MAX_GROWTH = 1 << 24;

  private final String text;
  private final Variables variables;
  private final char escape;
  private final boolean quotes;
  private final Set<String> used = new LinkedHashSet<>();
  private final Set<String> unset = new LinkedHashSet<>();
  private int at;
  private int depth;

  /**
   * @param quotes whether quotes are removed; they are ordinary characters in here-documents
   */
  ShellLexer(String text, Variables variables, char escape, boolean quotes) {
    this.text = text;
    this.variables = variables;
    this.escape = escape;
    this.quotes = quotes;
  }

  Expansion run() throws DockerfileException {
    Words words = new Words();
    String result = until(END, false, words);
    return new Expansion(result, words.finish(), used, unset);
  }

  /**
   * Processes text up to a stop character, which is consumed.
   *
   * @param keepEscapes whether escapes stay in the result, as backslashes: for patterns
   */
  private String until(int stop, boolean keepEscapes, Words words) throws DockerfileException {
    StringBuilder result = new StringBuilder();
    while (peek() != END) {
      int c = peek();
      if (c == stop) {
        next();
        return result.toString();
      }
      if (c == '$') {
        String value = dollar();
        append(result, value);
        words.addSplit(value);
      } else if (quotes && (c == '\'' || c == '"')) {
        String quoted = c == '"' ? doubleQuoted() : singleQuoted();
        append(result, quoted);
        words.addWhole(quoted);
      } else if (c == escape) {
        next();
        StringBuilder literal = new StringBuilder();
        if (keepEscapes) {
          literal.append('\\');
        }
        if (peek() != END) {
          literal.appendCodePoint(next());
        }
        result.append(literal);
        if (literal.length() > 0) {
          words.addWhole(literal.toString());
        }
      } else {
        next();
        result.appendCodePoint(c);
        words.addSplit(Character.toString(c));
      }
    }
    if (stop != END) {
      throw new DockerfileException("a ${ is not closed with }");
    }
    return result.toString();
  }

  private String singleQuoted() throws DockerfileException {
    int close = text.indexOf('\'', at + 1);
    if (close < 0) {
      throw new DockerfileException("a single quote is not closed in " + excerpt(0));
    }
    String content = text.substring(at + 1, close);
    at = close + 1;
    return content;
  }

  private String doubleQuoted() throws DockerfileException {
    next();
    StringBuilder result = new StringBuilder();
    while (true) {
      int c = peek();
      if (c == END) {
        throw new DockerfileException("a double quote is not closed in " + excerpt(0));
      }
      if (c == '"') {
        next();
        return result.toString();
      }
      if (c == '$') {
        append(result, dollar());
        continue;
      }
      next();
      if (c == escape) {
        int escaped = peek();
        if (escaped == END) {
          continue;
        }
        if (escaped == '"' || escaped == '$' || escaped == escape) {
          c = next();
        }
      }
      result.appendCodePoint(c);
    }
  }

  private String dollar() throws DockerfileException {
    next();
    if (peek() != '{') {
      String name = name();
      return name.isEmpty() ? "$" : value(name).orElse("");
    }
    next();
    if (++depth > MAX_DEPTH) {
      throw new DockerfileException("variables are nested more than " + MAX_DEPTH + " deep");
    }
    String value = braced();
    depth--;
    return value;
  }

  private String braced() throws DockerfileException {
    int start = at;
    String name = name();
    int operator = next();
    if (operator == END) {
      throw new DockerfileException("${" + excerpt(start) + " is not closed with }");
    }
    if (name.isEmpty()) {
      throw new DockerfileException("bad substitution: ${ is not followed by a variable name");
    }
    return switch (operator) {
      case '}' -> value(name).orElse("");
      case '#', '%' -> trimmed(name, operator);
      case '/' -> replaced(name);
      case ':' -> alternative(name, next(), true);
      default -> alternative(name, operator, false);
    };
  }

  /** {@code :- :+ :?}, or without the colon: with it, set to nothing counts as unset. */
  private String alternative(String name, int operator, boolean colon) throws DockerfileException {
    if (operator != '-' && operator != '+' && operator != '?') {
      throw new DockerfileException(
          "unsupported modifier "
              + (colon ? ":" : "")
              + (operator == END ? "" : Character.toString(operator))
              + " in ${"
              + name
              + "...}; known are - + ? with or without : and # ## % %% / //");
    }
    String word = until('}', false, new Words());
    Optional<String> value = used(name, variables.getOrAlternative(name));
    Optional<String> counted = value.filter(v -> !colon || !v.isEmpty());
    if (operator == '-') {
      return counted.orElse(word);
    }
    if (operator == '+') {
      return counted.isPresent() ? word : "";
    }
    if (counted.isEmpty()) {
      String fault =
          value.isPresent() ? "is not allowed to be empty" : "is not allowed to be unset";
      throw new DockerfileException(name + ": " + (word.isEmpty() ? fault : word));
    }
    return counted.get();
  }

  private String trimmed(String name, int operator) throws DockerfileException {
    boolean longest = peek() == operator;
    if (longest) {
      next();
    }
    Glob glob = Glob.compile(until('}', true, new Words()));
    String value = value(name).orElse("");
    return operator == '#' ? glob.trimPrefix(value, longest) : glob.trimSuffix(value, longest);
  }

  private String replaced(String name) throws DockerfileException {
    boolean all = peek() == '/';
    if (all) {
      next();
    }
    String pattern;
    try {
      pattern = until('/', true, new Words());
    } catch (DockerfileException e) {
      if (peek() != END) {
        throw e;
      }
      throw new DockerfileException(
          "${" + name + "/...} has no replacement; write ${" + name + "/pattern/replacement}");
    }
    String replacement = until('}', false, new Words());
    return Glob.compile(pattern).replace(value(name).orElse(""), replacement, all, limit());
  }

  /** A name, a number or one of the shell's special parameters, which are never set here. */
  private String name() {
    int start = at;
    int first = peek();
    if (first != END && "@*#?-$!".indexOf(first) >= 0) {
      next();
    } else if (Character.isDigit(first)) {
      while (Character.isDigit(peek())) {
        next();
      }
    } else {
      while (Character.isLetterOrDigit(peek()) || peek() == '_') {
        next();
      }
    }
    return text.substring(start, at);
  }

  private Optional<String> value(String name) {
    return used(name, variables.get(name));
  }

  private Optional<String> used(String name, Optional<String> value) {
    (value.isPresent() ? used : unset).add(name);
    return value;
  }

  private void append(StringBuilder result, String value) throws DockerfileException {
    if (result.length() + value.length() > limit()) {
      throw new DockerfileException("the variables grow beyond " + limit() + " characters");
    }
    result.append(value);
  }

  private int limit() {
    return text.length() + MAX_GROWTH;
  }

  /** The text from an index on, as far as a message can show it. */
  private String excerpt(int start) {
    int lineEnd = text.indexOf('\n', start);
    int end = lineEnd < 0 ? text.length() : lineEnd;
    return end - start <= MAX_EXCERPT
        ? text.substring(start, end)
        : text.substring(start, start + MAX_EXCERPT) + "...";
  }

  private int peek() {
    return at < text.length() ? text.codePointAt(at) : END;
  }

  private int next() {
    int c = peek();
    at += c == END ? 0 : Character.charCount(c);
    return c;
  }
}
