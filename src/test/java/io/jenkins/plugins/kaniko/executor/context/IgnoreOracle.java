package io.jenkins.plugins.kaniko.executor.context;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the documentation of {@code .dockerignore} says, the slow way: every rule becomes a regular
 * expression, and every path is judged from its first component down, with nothing remembered.
 */
final class IgnoreOracle {
  private record Rule(boolean exception, Pattern pattern) {}

  private final List<Rule> rules = new ArrayList<>();

  IgnoreOracle(List<String> lines) {
    for (String line : lines) {
      boolean exception = line.startsWith("!");
      rules.add(new Rule(exception, regex(exception ? line.substring(1) : line)));
    }
  }

  boolean ignores(String path) {
    return verdict(path)[rules.size()];
  }

  private boolean[] verdict(String path) {
    int slash = path.lastIndexOf('/');
    boolean[] parent =
        slash < 0 ? new boolean[rules.size() + 1] : verdict(path.substring(0, slash));
    boolean[] own = new boolean[rules.size() + 1];
    boolean ignored = false;
    for (int i = 0; i < rules.size(); i++) {
      boolean pointless = rules.get(i).exception() != ignored;
      own[i] = parent[i] || (!pointless && rules.get(i).pattern().matcher(path).matches());
      ignored = own[i] ? !rules.get(i).exception() : ignored;
    }
    own[rules.size()] = ignored;
    return own;
  }

  private static Pattern regex(String glob) {
    StringBuilder regex = new StringBuilder();
    if (glob.matches("\\*\\*[^/*?\\[\\\\]+[^*?\\[\\\\]*")) {
      // Stars before plain text that does not begin a name: any path with that end.
      return Pattern.compile(".*" + Pattern.quote(glob.substring(2)));
    }
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (glob.startsWith("**/", i)) {
        regex.append(i + 3 == glob.length() ? ".*" : "(.*/)?");
        i += 2;
      } else if (glob.startsWith("**", i)) {
        regex.append(i + 2 == glob.length() ? ".*" : "(.*/)?");
        i += 1;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (c == '[' || c == ']' || c == '-' || c == '^') {
        regex.append(c);
      } else if (c == '\\') {
        regex.append(Pattern.quote(String.valueOf(glob.charAt(++i))));
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString());
  }
}
