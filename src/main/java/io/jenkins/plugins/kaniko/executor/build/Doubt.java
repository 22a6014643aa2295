package io.jenkins.plugins.kaniko.executor.build;

import java.util.Optional;

/**
 * Files that may have changed between the moment when their checksum was taken and that when they
 * were copied.
 *
 * @param layer that they were copied to
 */
record Doubt(Optional<OwnLayer> layer, CheckedSource source) {
  /** Waits until they have been copied. */
  boolean isJustified() throws BuildException, InterruptedException {
    if (layer.isPresent()) {
      layer.get().await();
    }
    return source.isChanged();
  }
}
