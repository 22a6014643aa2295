package io.jenkins.plugins.kaniko.executor.cache;

import java.io.IOException;

/** A shared cache does not have a layer that it has promised, or has another one in its place. */
public final class DamagedLayerException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedLayerException(String message, Throwable cause) {
    super(message, cause);
  }
}
