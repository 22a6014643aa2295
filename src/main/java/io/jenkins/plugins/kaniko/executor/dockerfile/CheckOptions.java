package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which checks count, and for how much: {@code skip=A,B;experimental=all;error=true}, the value of
 * the directive {@code # check=} and of the build argument {@code BUILDKIT_DOCKERFILE_CHECK}.
 *
 * @param text the options as they are written
 * @param skip the rules that are not raised, in lower case; {@code all} stands for every one.
 *     Unknown names are no error: they may be rules of other builders
 * @param experimental the experimental rules that are raised, likewise
 * @param error whether a warning fails the build
 */
public record CheckOptions(String text, Set<String> skip, Set<String> experimental, boolean error) {

  /** Every rule but the experimental ones, as warnings. */
  static final CheckOptions DEFAULT = new CheckOptions("", Set.of(), Set.of(), false);

  private static final String ALL = "all";
  private static final List<String> OPTIONS = List.of("skip", "experimental", "error");
  private static final Set<String> TRUE = Set.of("1", "t", "true");
  private static final Set<String> FALSE = Set.of("0", "f", "false");

  public CheckOptions {
    skip = Set.copyOf(skip);
    experimental = Set.copyOf(experimental);
  }

  /**
   * Reads options.
   *
   * @throws DockerfileException without a place when one of them is unknown
   */
  public static CheckOptions parse(String text) throws DockerfileException {
    Set<String> skip = new HashSet<>();
    Set<String> experimental = new HashSet<>();
    boolean error = false;
    for (String option : text.split(";", -1)) {
      int equals = option.indexOf('=');
      String key = (equals < 0 ? option : option.substring(0, equals)).strip();
      if (equals < 0 || !OPTIONS.contains(key)) {
        throw new DockerfileException(
                "invalid check option \"" + option.strip() + "\"; write skip=Rule,Rule;error=true")
            .suggesting(Suggestions.nearest(key, OPTIONS).map(near -> near + "="));
      }
      String value = option.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
      switch (key) {
        case "skip" -> skip = names(value);
        case "experimental" -> experimental = names(value);
        default -> error = bool(value);
      }
    }
    return new CheckOptions(text, skip, experimental, error);
  }

  private static Set<String> names(String value) {
    Set<String> names = new HashSet<>();
    for (String name : value.split(",", -1)) {
      names.add(name.strip());
    }
    return names;
  }

  private static boolean bool(String value) throws DockerfileException {
    if (!TRUE.contains(value) && !FALSE.contains(value)) {
      throw new DockerfileException("check option error takes true or false, not " + value);
    }
    return TRUE.contains(value);
  }

  /** Whether a violation of a rule is a warning. */
  public boolean raises(LintRule rule) {
    String name = rule.ruleName().toLowerCase(Locale.ROOT);
    if (rule.experimental()) {
      return !skip.contains(name) && (experimental.contains(ALL) || experimental.contains(name));
    }
    return !skip.contains(name) && !skip.contains(ALL);
  }
}
