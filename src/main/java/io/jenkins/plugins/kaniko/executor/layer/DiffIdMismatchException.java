package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;

/** The uncompressed bytes of a layer are not what the image's config says of them. */
public final class DiffIdMismatchException extends IOException {
  private static final long serialVersionUID = 1L;

  DiffIdMismatchException(String message) {
    super(message);
  }
}
