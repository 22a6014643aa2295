package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.ContentStore;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A program that clears away what a killed build has left. It runs in namespaces of the same kind
 * as the build did, because nobody else may delete files of sub-ids.
 */
final class Sweep {
  private Sweep() {}

  /**
   * Clears away.
   *
   * @param args the store
   */
  public static void main(String[] args) {
    try {
      ContentStore.open(Path.of(args[0])).sweep();
    } catch (IOException e) {
      // The next build sweeps too, and says what is wrong with the store.
      System.exit(1);
    }
  }
}
