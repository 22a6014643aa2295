package io.jenkins.plugins.kaniko.executor.context;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a {@code .dockerignore} file, as Docker applies them: the last rule that matches a
 * path decides, {@code !} makes an exception, and a rule that matched a directory goes on matching
 * everything below it.
 *
 * <p>Like moby's {@code MatchesUsingParentResults}, a rule is asked only where it could change the
 * outcome so far, and the answers of a directory are handed down in its {@link Scope}. So a walk
 * costs one look at each rule per file, however deep it lies.
 */
final class DockerIgnore {
  static final DockerIgnore NONE = new DockerIgnore(List.of());

  /**
   * One line.
   *
   * @param exception whether it began with {@code !}
   * @param text the pattern as written
   */
  record Rule(int line, String text, boolean exception, Glob glob) {}

  /**
   * What the rules say of one path.
   *
   * @param matched the rules, by index, that matched the path or a directory above it
   */
  record Scope(boolean ignored, BitSet matched) {}

  private final List<Rule> rules;
  private final Scope top;

  private DockerIgnore(List<Rule> rules) {
    this.rules = List.copyOf(rules);
    this.top = new Scope(false, new BitSet());
  }

  /**
   * @param fileName for messages
   * @throws ContextException if a pattern is not well-formed
   */
  static DockerIgnore parse(String fileName, List<String> lines) throws ContextException {
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (i == 0 && line.startsWith("\uFEFF")) {
        line = line.substring(1);
      }
      String text = trim(line);
      if (line.startsWith("#") || text.isEmpty()) {
        continue;
      }
      boolean exception = text.startsWith("!");
      String pattern = normalize(exception ? trim(text.substring(1)) : text);
      try {
        if (pattern.isEmpty()) {
          throw new IllegalArgumentException("nothing follows the !");
        }
        rules.add(new Rule(i + 1, text, exception, Glob.forPath(pattern)));
      } catch (IllegalArgumentException e) {
        throw new ContextException(
            "tried to read %s:%d: %s, but %s; correct the pattern"
                .formatted(fileName, i + 1, text, e.getMessage()),
            e);
      }
    }
    return new DockerIgnore(rules);
  }

  /** What holds for the root of the context, which nothing can exclude. */
  Scope top() {
    return top;
  }

  /**
   * @param parent of the directory that holds the path
   * @param path from the root of the context
   */
  Scope scope(Scope parent, String path) {
    BitSet matched = (BitSet) parent.matched().clone();
    boolean ignored = false;
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      if (!matched.get(i) && rule.exception() == ignored) {
        matched.set(i, rule.glob().matches(path));
      }
      if (matched.get(i)) {
        ignored = !rule.exception();
      }
    }
    return new Scope(ignored, matched);
  }

  /** The same for a path whose parents were not walked. */
  Scope scope(String path) {
    Scope scope = top;
    if (path.isEmpty()) {
      return scope;
    }
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      scope = scope(scope, path.substring(0, slash));
    }
    return scope(scope, path);
  }

  boolean ignores(String path) {
    return scope(path).ignored();
  }

  /** Whether something below an ignored directory may yet be part of the context. */
  boolean mayIncludeBelow(String directory) {
    return rules.stream().anyMatch(r -> r.exception() && r.glob().mayMatchBelow(directory));
  }

  /** The rule that excludes a path, if one does. */
  Optional<Rule> reason(String path) {
    Scope scope = scope(path);
    if (!scope.ignored()) {
      return Optional.empty();
    }
    return Optional.of(rules.get(scope.matched().length() - 1));
  }

  private static String normalize(String pattern) {
    if (pattern.isEmpty()) {
      return pattern;
    }
    String clean = ContextPaths.clean(pattern);
    return clean.length() > 1 && clean.startsWith("/") ? clean.substring(1) : clean;
  }

  private static String trim(String line) {
    int start = 0;
    int end = line.length();
    while (start < end && isSpace(line.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(start, end);
  }

  /**
   * Unicode's White_Space, which is what Go trims; Java's notion leaves out some and adds others.
   */
  private static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r') || c == '\u0085' || Character.isSpaceChar(c);
  }
}
