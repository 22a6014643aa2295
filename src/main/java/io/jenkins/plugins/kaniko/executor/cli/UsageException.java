package io.jenkins.plugins.kaniko.executor.cli;

import java.io.Serial;

/**
 * Arguments that cannot be used. The message is one sentence and holds no value that may be secret.
 */
final class UsageException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
