package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * Something that builds, but that the author should look at.
 *
 * @param rule the name of the rule, as in {@code # check=skip=<rule>}; BuildKit's name where it has
 *     such a rule
 * @param message one sentence
 * @param range the instruction concerned
 */
public record Warning(String rule, String message, SourceRange range) {}
