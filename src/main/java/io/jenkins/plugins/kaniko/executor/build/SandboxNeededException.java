package io.jenkins.plugins.kaniko.executor.build;

/**
 * A command has to run after all, in a build that was begun without a sandbox because its
 * Dockerfile has none.
 */
final class SandboxNeededException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SandboxNeededException() {
    super("a trigger of a base image runs a command", null, false, false);
  }
}
