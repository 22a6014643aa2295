package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;

/**
 * The parser directives at the top of a Dockerfile.
 *
 * @param syntax the frontend image that {@code # syntax=} names: see {@link Frontend}
 * @param syntaxSource where it does
 * @param escape the escape and line continuation character: backslash or backtick
 * @param check the value of {@code # check=}, such as {@code skip=StageNameCasing;error=true}
 */
public record Directives(
    Optional<String> syntax,
    Optional<Source> syntaxSource,
    char escape,
    Optional<CheckOptions> check) {

  /** The options of the directive, or what counts without one. */
  public CheckOptions checks() {
    return check.orElse(CheckOptions.DEFAULT);
  }

  /** The same with other options for checks, as a build argument may give them. */
  Directives withCheck(CheckOptions options) {
    return new Directives(syntax, syntaxSource, escape, Optional.of(options));
  }
}
