package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One layer of a stage: of its base image, or made by one of its steps. Everything is had on
 * demand, so that a layer that nobody reads is neither fetched nor extracted. Methods may wait for
 * a download or for a layer that is still written.
 */
interface StageLayer {
  /** Digest of the uncompressed tar. */
  Digest diffId() throws BuildException, InterruptedException;

  Descriptor descriptor() throws BuildException, InterruptedException;

  /** The compressed layer on disk. */
  Path blob() throws BuildException, InterruptedException;

  /** The layer as a directory that overlayfs can show as a lower one. */
  Path extracted() throws BuildException, InterruptedException;

  /** What the layer says about paths. */
  LayerTree tree() throws BuildException, InterruptedException;

  /**
   * Says that {@link #blob} has been read to its end and has its diffID, so that it may be kept for
   * other builds.
   */
  default void contentVerified() throws BuildException, InterruptedException {}

  /** Where a registry has this layer already. */
  default Optional<ImageReference> origin() {
    return Optional.empty();
  }
}
