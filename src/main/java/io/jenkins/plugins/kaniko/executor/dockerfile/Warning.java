package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * Something that builds, but that the author should look at.
 *
 * @param check the rule
 * @param message one sentence
 * @param range the instruction concerned
 */
public record Warning(LintRule check, String message, SourceRange range) {

  /** The name of the rule, as in {@code # check=skip=<rule>}. */
  public String rule() {
    return check.ruleName();
  }
}
