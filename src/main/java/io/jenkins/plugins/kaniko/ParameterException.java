package io.jenkins.plugins.kaniko;

/**
 * A parameter of the step that cannot be what it is. Pipeline and the snippet generator print the
 * stack of what is thrown while a step is made; only the sentence helps, so there is none.
 */
final class ParameterException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  ParameterException(String message) {
    super(message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
