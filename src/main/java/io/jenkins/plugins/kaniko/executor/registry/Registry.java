package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * What a build asks of registries. One object serves every registry of a build and is safe for use
 * by many threads.
 *
 * <p>Of an {@link ImageReference} that names a repository, tag and digest are ignored. Every
 * operation tries again by itself, as a whole, what may pass (408, 429, 5xx, a connection that
 * breaks).
 */
public interface Registry extends AutoCloseable {
  /**
   * Finds an image and reads its manifest and config; an index is followed by platform.
   *
   * @throws RegistryException of kind {@code WRONG_PLATFORM} if an index has no image for the
   *     platform. That a single image is for another platform is told by {@link
   *     ResolvedImage#platformMatches} only.
   */
  ResolvedImage resolve(ImageReference image, Platform platform) throws RegistryException;

  /**
   * Reads a blob. What was written to {@code out} is complete and verified only when this returns;
   * size and digest are checked as the bytes pass. {@code out} is flushed, not closed.
   *
   * @throws IOException if {@code out} failed
   */
  void fetchBlob(
      ImageReference repository, Descriptor blob, OutputStream out, ProgressListener progress)
      throws RegistryException, IOException;

  /** Whether a repository that is pushed to has a blob. */
  boolean hasBlob(ImageReference repository, Digest digest) throws RegistryException;

  /**
   * Makes sure that a repository has a blob, in the cheapest way that works: nothing, a mount, an
   * upload.
   *
   * @param mountFrom a repository that may have the blob; of use only if it is in the same registry
   * @throws IOException if the source cannot be read
   */
  PushOutcome pushBlob(
      ImageReference repository,
      Descriptor blob,
      BlobSource source,
      Optional<ImageReference> mountFrom,
      ProgressListener progress)
      throws RegistryException, IOException;

  /**
   * Publishes a manifest under the tag of the target, or under its own digest if the target has no
   * tag.
   */
  Digest pushManifest(ImageReference target, Manifest manifest) throws RegistryException;

  /**
   * Fails if a push to this repository would fail for want of a connection, of credentials or of
   * permission.
   */
  void checkPush(ImageReference repository) throws RegistryException;

  @Override
  void close();
}
