package io.jenkins.plugins.kaniko.executor.context;

import java.io.Serial;

/**
 * A source that cannot be had from the build context, or a context that cannot be read. The message
 * is one sentence; it does not know which instruction asked.
 */
public final class ContextException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  public ContextException(String message) {
    super(message);
  }

  public ContextException(String message, Throwable cause) {
    super(message, cause);
  }
}
