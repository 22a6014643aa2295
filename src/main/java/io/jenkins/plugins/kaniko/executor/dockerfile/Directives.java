package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;

/**
 * The parser directives at the top of a Dockerfile.
 *
 * @param syntax the frontend image that {@code # syntax=} names; informative only
 * @param escape the escape and line continuation character: backslash or backtick
 * @param check the value of {@code # check=}, such as {@code skip=StageNameCasing;error=true}
 */
public record Directives(Optional<String> syntax, char escape, Optional<String> check) {

  /** Whether {@code # check=skip=} names a rule, or all of them. */
  public boolean skips(String rule) {
    for (String option : check.orElse("").split(";", -1)) {
      String[] pair = option.strip().split("=", 2);
      if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("skip")) {
        for (String skipped : pair[1].split(",", -1)) {
          if (skipped.strip().equalsIgnoreCase(rule) || skipped.strip().equalsIgnoreCase("all")) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
