package io.jenkins.plugins.kaniko.executor.build;

/**
 * A layer that the cache promised is missing or damaged: the build is done anew, and what it makes
 * replaces what promised the layer.
 */
final class DamagedCacheException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedCacheException(String layer) {
    super("the cached layer " + layer + " is missing or damaged", null, false, false);
  }
}
