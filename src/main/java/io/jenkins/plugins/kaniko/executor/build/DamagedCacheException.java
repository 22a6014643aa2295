package io.jenkins.plugins.kaniko.executor.build;

/**
 * A layer that the cache promised is missing or damaged, and what promised it has been removed: the
 * build is done anew.
 */
final class DamagedCacheException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedCacheException(String layer) {
    super("the cached layer " + layer + " is damaged", null, false, false);
  }
}
