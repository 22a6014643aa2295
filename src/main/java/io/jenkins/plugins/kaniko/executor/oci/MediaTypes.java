package io.jenkins.plugins.kaniko.executor.oci;

import java.util.Set;

/** Media types of manifests, configs and layers, in Docker's and in OCI's naming. */
public final class MediaTypes {
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_MANIFEST_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  public static final String DOCKER_LAYER_TAR = "application/vnd.docker.image.rootfs.diff.tar";
  public static final String DOCKER_LAYER_GZIP =
      "application/vnd.docker.image.rootfs.diff.tar.gzip";
  public static final String DOCKER_FOREIGN_LAYER =
      "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String OCI_LAYER_TAR = "application/vnd.oci.image.layer.v1.tar";
  public static final String OCI_LAYER_GZIP = OCI_LAYER_TAR + "+gzip";
  public static final String OCI_LAYER_ZSTD = OCI_LAYER_TAR + "+zstd";
  public static final String OCI_FOREIGN_LAYER_TAR =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";
  public static final String OCI_FOREIGN_LAYER_GZIP = OCI_FOREIGN_LAYER_TAR + "+gzip";
  public static final String OCI_FOREIGN_LAYER_ZSTD = OCI_FOREIGN_LAYER_TAR + "+zstd";

  /** Schema 1, which Docker itself gave up: known here only to be refused by name. */
  static final Set<String> SCHEMA_1 =
      Set.of(
          "application/vnd.docker.distribution.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v1+prettyjws");

  private static final Set<String> LAYERS =
      Set.of(
          DOCKER_LAYER_TAR,
          DOCKER_LAYER_GZIP,
          DOCKER_FOREIGN_LAYER,
          OCI_LAYER_TAR,
          OCI_LAYER_GZIP,
          OCI_LAYER_ZSTD,
          OCI_FOREIGN_LAYER_TAR,
          OCI_FOREIGN_LAYER_GZIP,
          OCI_FOREIGN_LAYER_ZSTD);

  private MediaTypes() {}

  /** Whether this is a layer of a root file system. */
  public static boolean isLayer(String mediaType) {
    return LAYERS.contains(mediaType);
  }

  /** Whether this is a manifest list or an index. */
  public static boolean isIndex(String mediaType) {
    return mediaType.equals(DOCKER_MANIFEST_LIST) || mediaType.equals(OCI_INDEX);
  }

  /** Whether this is the manifest of one image. */
  public static boolean isManifest(String mediaType) {
    return mediaType.equals(DOCKER_MANIFEST) || mediaType.equals(OCI_MANIFEST);
  }

  /** Whether this layer's content stays with its publisher and need not be in a registry. */
  public static boolean isForeignLayer(String mediaType) {
    return mediaType.equals(DOCKER_FOREIGN_LAYER) || mediaType.startsWith(OCI_FOREIGN_LAYER_TAR);
  }

  /**
   * The compression of a layer.
   *
   * @throws IllegalArgumentException if the media type is not one of a layer
   */
  public static Compression compressionOf(String mediaType) {
    return switch (mediaType) {
      case DOCKER_LAYER_TAR, OCI_LAYER_TAR, OCI_FOREIGN_LAYER_TAR -> Compression.NONE;
      case DOCKER_LAYER_GZIP, DOCKER_FOREIGN_LAYER, OCI_LAYER_GZIP, OCI_FOREIGN_LAYER_GZIP ->
          Compression.GZIP;
      case OCI_LAYER_ZSTD, OCI_FOREIGN_LAYER_ZSTD -> Compression.ZSTD;
      default ->
          throw new IllegalArgumentException(
              "'%s' is not the media type of an image layer".formatted(mediaType));
    };
  }

  /** The media type of a layer in a manifest of the given format. */
  public static String layer(ImageFormat format, Compression compression) {
    if (format == ImageFormat.OCI) {
      return switch (compression) {
        case NONE -> OCI_LAYER_TAR;
        case GZIP -> OCI_LAYER_GZIP;
        case ZSTD -> OCI_LAYER_ZSTD;
      };
    }
    return switch (compression) {
      case NONE -> DOCKER_LAYER_TAR;
      case GZIP -> DOCKER_LAYER_GZIP;
      case ZSTD ->
          throw new IllegalArgumentException(
              "a Docker manifest has no media type for zstd layers; use the OCI format");
    };
  }

  /** The media type of the image config in the given format. */
  public static String config(ImageFormat format) {
    return format == ImageFormat.OCI ? OCI_CONFIG : DOCKER_CONFIG;
  }

  /** The media type of the manifest in the given format. */
  public static String manifest(ImageFormat format) {
    return format == ImageFormat.OCI ? OCI_MANIFEST : DOCKER_MANIFEST;
  }

  /**
   * The name that the given format has for a layer of either format.
   *
   * @throws IllegalArgumentException if it has none; the message goes behind "but"
   */
  public static String convertLayer(String mediaType, ImageFormat format) {
    Compression compression = compressionOf(mediaType);
    if (!isForeignLayer(mediaType)) {
      return layer(format, compression);
    }
    if (format == ImageFormat.OCI) {
      return layer(format, compression).replace(OCI_LAYER_TAR, OCI_FOREIGN_LAYER_TAR);
    }
    if (compression != Compression.GZIP) {
      throw new IllegalArgumentException(
          "a Docker manifest has only a gzip media type for foreign layers; use the OCI format");
    }
    return DOCKER_FOREIGN_LAYER;
  }
}
