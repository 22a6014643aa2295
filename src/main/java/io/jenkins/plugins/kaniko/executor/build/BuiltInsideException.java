package io.jenkins.plugins.kaniko.executor.build;

/**
 * The program inside has done the whole build, output files included; only its exit code is left to
 * pass on.
 */
public final class BuiltInsideException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  BuiltInsideException(int exitCode) {
    super("the build ran inside and ended with " + exitCode, null, false, false);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
