package io.jenkins.plugins.kaniko.executor.context;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Any lines as a {@code .dockerignore} file, and any path: there is an answer or an error, and for
 * rules that the oracle understands it is the oracle's.
 */
public final class IgnoreFuzzer {
  /** Every directory of a path is looked at. */
  private static final int LONGEST_PATH = 300;

  private static final int MOST_RULES = 6;
  private static final int LONGEST_RULE = 16;
  private static final int DEEPEST = 6;
  private static final String PLAIN = "[ab.x]";

  private IgnoreFuzzer() {}

  /** Called by the fuzzer: the first line is the path. */
  public static void fuzzerTestOneInput(byte[] data) {
    List<String> lines =
        new ArrayList<>(List.of(new String(data, StandardCharsets.UTF_8).split("\n", -1)));
    String path = lines.remove(0).replaceAll("/+", "/").replaceAll("^/|/$", "");
    if (path.isEmpty() || path.length() > LONGEST_PATH || lines.size() > 200) {
      return;
    }
    try {
      DockerIgnore ignore = DockerIgnore.parse("I", lines);
      boolean ignored = ignore.ignores(path);
      if (ignored != ignore.reason(path).isPresent()) {
        throw new IllegalStateException("ignored without a rule, or a rule for what is not");
      }
      pruning(ignore, path);
      compare(ignore, path, lines);
    } catch (ContextException e) {
      if (!e.getMessage().contains("I:")) {
        throw new IllegalStateException("an error without a place", e);
      }
    }
  }

  private static void pruning(DockerIgnore ignore, String path) {
    boolean ignored = ignore.ignores(path);
    DockerIgnore.Scope scope = ignore.top();
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      String above = path.substring(0, slash);
      scope = ignore.scope(scope, above);
      if (scope.ignored() && !ignore.mayIncludeBelow(above) && !ignored) {
        throw new IllegalStateException("a pruned directory holds a file of the context");
      }
    }
  }

  private static void compare(DockerIgnore ignore, String path, List<String> lines) {
    if (path.split("/", -1).length > DEEPEST || !path.matches("(" + PLAIN + "|/){1,20}")) {
      return;
    }
    List<String> rules = new ArrayList<>();
    for (String line : lines) {
      if (rules.size() == MOST_RULES || !understood(line)) {
        return;
      }
      rules.add(line);
    }
    if (!rules.isEmpty() && new IgnoreOracle(rules).ignores(path) != ignore.ignores(path)) {
      throw new IllegalStateException("the oracle disagrees on " + path + " with " + rules);
    }
  }

  /** A rule in the form that it is matched in: nothing to clean, trim or unquote. */
  private static boolean understood(String line) {
    String rule = line.startsWith("!") ? line.substring(1) : line;
    if (rule.length() > LONGEST_RULE) {
      return false;
    }
    for (String name : rule.split("/", -1)) {
      boolean stars = name.equals("**");
      boolean pattern = name.matches("(" + PLAIN + "|\\?|\\*(?!\\*))+");
      if (!stars && (!pattern || name.equals(".") || name.equals(".."))) {
        return false;
      }
    }
    return true;
  }
}
