package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.util.List;

/**
 * Names a file system by what it was made of: layers of a base and commands by their diffIDs, what
 * was copied by what was read. So what ran on it is of use on any other of the same lineage, and
 * the time at which files were copied makes no difference. Immutable.
 */
final class Lineage {
  private final Element element;
  private CacheKey key;

  /** Computes the key; may wait for a layer that is still written. */
  @FunctionalInterface
  private interface Element {
    CacheKey key() throws BuildException, InterruptedException;
  }

  /** Whether a command of this build had a part in it. */
  private final boolean fresh;

  private Lineage(boolean fresh, Element element) {
    this.fresh = fresh;
    this.element = element;
  }

  static Lineage of(Platform platform, List<? extends StageLayer> layers) {
    List<StageLayer> copy = List.copyOf(layers);
    return new Lineage(
        false,
        () -> {
          CacheKey.Builder key = CacheKey.of("base").text("platform", platform.toString());
          for (StageLayer layer : copy) {
            key.text("layer", layer.diffId().toString());
          }
          return key.build();
        });
  }

  /** With files on top that were copied. */
  Lineage with(CacheKey copied) {
    return new Lineage(
        fresh, () -> CacheKey.of("lineage").key("below", key()).key("copied", copied).build());
  }

  /**
   * With what a command made on top.
   *
   * @param ran in this build, and not before
   */
  Lineage with(StageLayer layer, boolean ran) {
    return new Lineage(
        fresh || ran,
        () ->
            CacheKey.of("lineage")
                .key("below", key())
                .text("layer", layer.diffId().toString())
                .build());
  }

  /** True if nothing that was kept earlier can be of this lineage. */
  boolean isFresh() {
    return fresh;
  }

  synchronized CacheKey key() throws BuildException, InterruptedException {
    if (key == null) {
      key = element.key();
    }
    return key;
  }
}
