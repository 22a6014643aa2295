package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the parser directives: comments of the form {@code # key=value} at the very top, before any
 * other comment, blank line or instruction. A first line {@code #!} is skipped.
 */
final class DirectiveReader {

  private static final Pattern DIRECTIVE =
      Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+)");
  private static final List<String> KNOWN = List.of("syntax", "escape", "check");
  private static final char DEFAULT_ESCAPE = '\\';

  private DirectiveReader() {}

  /**
   * What {@link #read} gives.
   *
   * @param lines how many lines they take at the top of the file
   */
  record Header(Directives directives, int lines) {}

  static Header read(String file, List<String> lines) throws DockerfileException {
    Map<String, String> seen = new HashMap<>();
    char escape = DEFAULT_ESCAPE;
    CheckOptions check = null;
    Source syntax = null;
    int first = !lines.isEmpty() && lines.get(0).startsWith("#!") ? 1 : 0;
    int i = first;
    for (; i < lines.size(); i++) {
      Matcher matcher = DIRECTIVE.matcher(Chars.trim(lines.get(i)));
      if (!matcher.matches()) {
        break;
      }
      String key = matcher.group(1).toLowerCase(Locale.ROOT);
      String value = matcher.group(2);
      if (!KNOWN.contains(key)) {
        break;
      }
      Source source =
          new Source(
              new SourceRange(file, i + 1, i + 1),
              lines.get(i),
              lines.subList(i, i + 1),
              List.of(),
              List.of());
      if (seen.put(key, value) != null) {
        throw new DockerfileException("only one " + key + " directive can be used", source);
      }
      if (key.equals("escape")) {
        if (!value.equals("\\") && !value.equals("`")) {
          throw new DockerfileException(
              "the escape character must be \\ or `, not \"" + value + "\"", source);
        }
        escape = value.charAt(0);
      } else if (key.equals("syntax")) {
        syntax = source;
      } else {
        try {
          check = CheckOptions.parse(value);
        } catch (DockerfileException e) {
          throw e.at(source);
        }
      }
    }
    return new Header(
        new Directives(
            Optional.ofNullable(seen.get("syntax")),
            Optional.ofNullable(syntax),
            escape,
            Optional.ofNullable(check)),
        i);
  }
}
