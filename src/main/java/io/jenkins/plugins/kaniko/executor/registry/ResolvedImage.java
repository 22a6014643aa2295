package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageIndex;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.util.List;

/**
 * An image as a registry has it.
 *
 * @param reference what was asked for
 * @param manifestDigest the digest of the manifest of this one image, not of an index that led to
 *     it
 * @param manifest the manifest, byte for byte
 * @param indexes what led to the manifest, the first one first
 * @param config the config; {@link ImageConfig#toJson} has everything that the registry's has
 * @param platformMatches whether the image is for the platform that was asked for
 */
public record ResolvedImage(
    ImageReference reference,
    Digest manifestDigest,
    List<ImageIndex> indexes,
    Manifest manifest,
    ImageConfig config,
    boolean platformMatches) {
  /** Copies what it gets. */
  public ResolvedImage {
    indexes = List.copyOf(indexes);
  }

  /** Refuses an image for another platform, for callers to whom somebody named the platform. */
  public void requirePlatform(Platform wanted) throws RegistryException {
    if (!wanted.matches(config.platform())) {
      throw new RegistryException(
          RegistryException.Kind.WRONG_PLATFORM,
          "tried to pull %s for %s, but it is an image for %s; choose that platform or another image"
              .formatted(reference.familiarName(), wanted, config.platform()));
    }
  }
}
