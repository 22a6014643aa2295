package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which times stand in an image, so that a build that is repeated elsewhere gives the same one
 * (reproducible-builds.org, SOURCE_DATE_EPOCH). What comes from the base image keeps its times.
 *
 * @param epoch of the config, of the history, and of the files that are later; empty for the times
 *     of the clock and of the files
 * @param everyFile whether earlier files get it, too
 */
public record ImageTimes(Optional<Instant> epoch, boolean everyFile) {
  /** As they are. */
  public static final ImageTimes REAL = new ImageTimes(Optional.empty(), false);

  /** When something happened, as far as the image is to know. */
  Instant of(Instant happened) {
    return epoch.orElse(happened);
  }

  /** Entries of a layer with the times that they are to have in it. */
  List<LayerItem> of(List<LayerItem> items) {
    return epoch.isEmpty() ? items : items.stream().map(this::of).toList();
  }

  private LayerItem of(LayerItem item) {
    LayerEntry entry = item.entry();
    long seconds = epoch.orElseThrow().getEpochSecond();
    return entry.mtime() > seconds || (everyFile && entry.mtime() != seconds)
        ? new LayerItem(entry.withMtime(seconds), item.content())
        : item;
  }

  CacheKey.Builder describe(CacheKey.Builder key) {
    epoch.ifPresent(
        time -> key.number("epoch", time.getEpochSecond()).flag("every-file", everyFile));
    return key;
  }
}
