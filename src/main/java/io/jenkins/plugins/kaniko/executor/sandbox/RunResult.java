package io.jenkins.plugins.kaniko.executor.sandbox;

/**
 * How a command ended.
 *
 * @param exitCode its exit code; 128+n when signal n ended it; 126 or 127 when the program could
 *     not be started, as a shell has it
 */
public record RunResult(int exitCode) {}
