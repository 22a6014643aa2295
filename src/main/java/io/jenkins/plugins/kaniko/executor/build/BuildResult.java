package io.jenkins.plugins.kaniko.executor.build;

import java.time.Duration;
import java.util.List;

/**
 * What a build made: the content of {@code --metadata-file}, whose fields {@code docs/events.md}
 * documents.
 *
 * @param digest of the manifest, {@code sha256:...}
 * @param imageId digest of the config
 * @param mediaType of the manifest
 * @param destinations every destination asked for, as {@code registry/repository:tag@digest}
 * @param pushed whether the destinations were pushed; false with {@code --no-push}
 * @param tags the tags of the destinations, each once
 * @param layers all layers, base first
 * @param size compressed bytes of all layers
 * @param warnings how many there were
 * @param cacheHits how many steps came from the cache
 * @param steps every instruction that was run, in the order of the Dockerfile
 */
public record BuildResult(
    String digest,
    String imageId,
    String mediaType,
    List<String> destinations,
    boolean pushed,
    List<String> tags,
    List<Layer> layers,
    long size,
    Duration duration,
    int warnings,
    int cacheHits,
    List<Step> steps) {
  /** Version of the metadata file's schema: raised when a field changes its meaning or goes. */
  public static final int SCHEMA_VERSION = 1;

  public BuildResult {
    destinations = List.copyOf(destinations);
    tags = List.copyOf(tags);
    layers = List.copyOf(layers);
    steps = List.copyOf(steps);
  }

  /**
   * One layer.
   *
   * @param digest of the compressed blob
   * @param diffId digest of the uncompressed tar
   * @param size compressed bytes
   * @param createdBy the history entry that belongs to it; may be empty
   */
  public record Layer(String digest, String diffId, long size, String createdBy) {}

  /**
   * One instruction that was run.
   *
   * @param number counted from 1 within the stage
   * @param bytes size of its layer before compression, 0 without a layer
   */
  public record Step(
      String stage,
      int number,
      String text,
      Duration duration,
      boolean cached,
      FileCounts files,
      long bytes) {}
}
