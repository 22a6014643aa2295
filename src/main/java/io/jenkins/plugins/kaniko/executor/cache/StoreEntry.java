package io.jenkins.plugins.kaniko.executor.cache;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Something that a store keeps and can do without.
 *
 * @param path of the entry itself
 * @param used when it was last of use
 * @param bytes that its files have
 */
public record StoreEntry(Kind kind, Path path, Instant used, long bytes) {
  /** What there is to keep. */
  public enum Kind {
    /** A compressed layer. */
    LAYER,
    /** An extracted layer. */
    TREE,
    /** What a layer says about paths. */
    INDEX,
    /** What a step made. */
    RECORD,
    /** That a Dockerfile was built. */
    HINT,
    /** The directory of a {@code RUN --mount=type=cache}. */
    MOUNT
  }

  /** Whether it weighs enough to be taken away for its size. */
  boolean isLarge() {
    return kind != Kind.RECORD && kind != Kind.HINT;
  }
}
