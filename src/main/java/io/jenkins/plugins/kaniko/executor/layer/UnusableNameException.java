package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;

/** A file that no layer can hold because of its name. */
public final class UnusableNameException extends IOException {
  private static final long serialVersionUID = 1L;

  UnusableNameException(String message) {
    super(message);
  }
}
