package io.jenkins.plugins.kaniko.executor.sandbox;

/** The sandbox could not do what was asked of it; the message is one sentence for the user. */
public final class SandboxException extends Exception {
  /** With a sentence of the form "tried to X, but Y; try Z". */
  public SandboxException(String message) {
    super(message);
  }

  /** The same, with what caused it. */
  public SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
