package io.jenkins.plugins.kaniko.executor.source;

import java.io.Serial;

/** A source that cannot be had, or is not fit for use. The message is one sentence. */
public final class SourceException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  public SourceException(String message) {
    super(message);
  }

  public SourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
