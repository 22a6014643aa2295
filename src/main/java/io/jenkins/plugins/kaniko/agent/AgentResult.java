package io.jenkins.plugins.kaniko.agent;

import java.io.Serializable;
import java.util.List;

/**
 * What a build made: the executor's metadata file, and the warnings of its event stream. A real
 * kaniko tells less: then what is not known is empty or 0.
 *
 * @param digest of the manifest, {@code sha256:...}
 * @param imageId digest of the config
 * @param references {@code registry/repository:tag@digest} of every destination
 * @param tags of the destinations, each once
 * @param pushed whether the destinations have the image
 * @param size compressed bytes of all layers
 * @param layers base first
 * @param steps in the order of the Dockerfile
 * @param cacheHits steps that came from the cache
 */
public record AgentResult(
    String digest,
    String imageId,
    List<String> references,
    List<String> tags,
    boolean pushed,
    long size,
    List<Layer> layers,
    List<Step> steps,
    int cacheHits,
    List<Warning> warnings,
    long durationMillis)
    implements Serializable {
  public AgentResult {
    references = Copies.of(references);
    tags = Copies.of(tags);
    layers = Copies.of(layers);
    steps = Copies.of(steps);
    warnings = Copies.of(warnings);
  }

  /**
   * A layer.
   *
   * @param digest of the compressed blob
   * @param diffId digest of the uncompressed tar
   * @param size compressed bytes
   * @param createdBy the instruction it comes from; may be empty
   */
  public record Layer(String digest, String diffId, long size, String createdBy)
      implements Serializable {}

  /**
   * An instruction that was run.
   *
   * @param number counted from 1 within the stage
   * @param text as written, which may span lines
   * @param files added, changed and deleted ones, directories included
   * @param bytes of its layer before compression; 0 without a layer
   */
  public record Step(
      String stage, int number, String text, long millis, boolean cached, int files, long bytes)
      implements Serializable {}

  /**
   * A lint finding.
   *
   * @param line counted from 1
   * @param column counted from 1, or 0 if the whole line is meant
   */
  public record Warning(String rule, String message, String file, int line, int column)
      implements Serializable {}
}
