package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;

/**
 * The parser directives at the top of a Dockerfile.
 *
 * @param syntax the frontend image that {@code # syntax=} names; informative only
 * @param escape the escape and line continuation character: backslash or backtick
 * @param check the value of {@code # check=}, such as {@code skip=StageNameCasing;error=true}
 */
public record Directives(Optional<String> syntax, char escape, Optional<CheckOptions> check) {

  /** The options of the directive, or what counts without one. */
  public CheckOptions checks() {
    return check.orElse(CheckOptions.DEFAULT);
  }
}
