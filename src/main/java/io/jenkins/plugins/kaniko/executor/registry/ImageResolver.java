package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageIndex;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Follows a reference to a manifest, through indexes, and to its config. */
final class ImageResolver {
  private static final String ACCEPT =
      String.join(
          ", ",
          List.of(
              MediaTypes.OCI_INDEX,
              MediaTypes.OCI_MANIFEST,
              MediaTypes.DOCKER_MANIFEST_LIST,
              MediaTypes.DOCKER_MANIFEST));

  /** An index may list indexes; a real one goes no deeper than this. */
  private static final int MAX_DEPTH = 4;

  private static final long MAX_CONFIG = 16L << 20;

  private final Session session;
  private final Retry retry;
  private final ImageReference image;
  private final Platform platform;

  ImageResolver(Session session, Retry retry, ImageReference image, Platform platform) {
    this.session = session;
    this.retry = retry;
    this.image = image;
    this.platform = platform;
  }

  ResolvedImage resolve() throws RegistryException, IOException {
    String version = image.version();
    Optional<Digest> expected = image.digest();
    List<ImageIndex> indexes = new ArrayList<>();
    try {
      for (int depth = 0; depth < MAX_DEPTH; depth++) {
        byte[] document = fetch(version, expected);
        if (MediaTypes.isIndex(Manifest.mediaTypeOf(document))) {
          ImageIndex index = ImageIndex.parse(document);
          indexes.add(index);
          Digest next = select(index).digest();
          version = next.toString();
          expected = Optional.of(next);
        } else {
          return image(indexes, Manifest.parse(document));
        }
      }
    } catch (IllegalArgumentException e) {
      throw new RegistryException(
          Kind.REJECTED,
          "tried to pull %s, but %s".formatted(image.familiarName(), e.getMessage()),
          e);
    }
    throw new RegistryException(
        Kind.REJECTED,
        "tried to pull %s, but its indexes are nested too deeply".formatted(image.familiarName()));
  }

  private ResolvedImage image(List<ImageIndex> indexes, Manifest manifest)
      throws RegistryException, IOException {
    Descriptor blob = manifest.config();
    if (blob.size() > MAX_CONFIG) {
      throw new RegistryException(
          Kind.REJECTED,
          "tried to pull %s, but its config has %d bytes"
              .formatted(image.familiarName(), blob.size()));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new BlobFetch(blob, bytes, ProgressListener.NONE).from(session, retry, image);
    ImageConfig config = ImageConfig.parse(bytes.toByteArray());
    return new ResolvedImage(
        image, manifest.digest(), indexes, manifest, config, platform.matches(config.platform()));
  }

  private byte[] fetch(String version, Optional<Digest> expected)
      throws RegistryException, IOException {
    String action = "pull " + image.familiarName();
    Call get = session.call(action, "GET", "manifests/" + version).withHeader("Accept", ACCEPT);
    byte[] document = retry.run(() -> session.send(get)).body();
    if (expected.isPresent() && !expected.get().equals(digest(document, expected.get()))) {
      throw new RegistryException(
          Kind.DIGEST_MISMATCH,
          "tried to %s, but the manifest does not have the digest %s; the registry or something on the way to it altered the content"
              .formatted(action, expected.get()));
    }
    return document;
  }

  private Descriptor select(ImageIndex index) throws RegistryException {
    Optional<Descriptor> entry = index.select(platform);
    if (entry.isPresent()) {
      return entry.get();
    }
    throw new RegistryException(
        Kind.WRONG_PLATFORM,
        "tried to pull %s for %s, but it is there only for %s; choose one of these or another image"
            .formatted(image.familiarName(), platform, list(index.platforms())));
  }

  private static String list(List<Platform> platforms) {
    return platforms.isEmpty()
        ? "no platform at all"
        : String.join(", ", platforms.stream().map(Platform::toString).toList());
  }

  private static Digest digest(byte[] document, Digest like) {
    return like.algorithm().equals("sha256") ? Digest.sha256(document) : Digest.sha512(document);
  }
}
