package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.cache.CacheRecord;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a step has made.
 *
 * @param stage that it is of
 * @param below what it ran on, unless that makes no difference
 * @param doubts reasons not to keep it
 */
record MadeStep(
    Stage stage,
    Instant created,
    Optional<Lineage> below,
    Optional<OwnLayer> layer,
    FileCounts files,
    long bytes,
    List<Doubt> doubts) {

  /** As the cache keeps it. */
  CacheRecord record() throws BuildException, InterruptedException {
    Optional<CacheRecord.Layer> kept = Optional.empty();
    if (layer.isPresent()) {
      kept = Optional.of(new CacheRecord.Layer(layer.get().diffId(), layer.get().descriptor()));
    }
    Optional<CacheKey> on = below.isPresent() ? Optional.of(below.get().key()) : Optional.empty();
    return new CacheRecord(
        created,
        on,
        Optional.empty(),
        kept,
        new CacheRecord.Counts(files.added(), files.changed(), files.deleted(), bytes));
  }

  /** Whether it must not be kept. */
  boolean isDoubtful() throws BuildException, InterruptedException {
    for (Doubt doubt : doubts) {
      if (doubt.isJustified()) {
        return true;
      }
    }
    return false;
  }
}
