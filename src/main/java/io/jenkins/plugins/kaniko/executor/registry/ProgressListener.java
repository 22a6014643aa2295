package io.jenkins.plugins.kaniko.executor.registry;

/** Told how far a transfer has come. Called often and from other threads: it has to be quick. */
@FunctionalInterface
public interface ProgressListener {
  ProgressListener NONE = (done, total) -> {};

  /**
   * Reports the state of one transfer; after a broken connection {@code done} may step back.
   *
   * @param done bytes transferred
   * @param total bytes of the whole blob
   */
  void progress(long done, long total);
}
