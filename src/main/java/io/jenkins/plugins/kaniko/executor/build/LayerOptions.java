package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.oci.Compression;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * How a build writes the layers that it makes itself; base layers stay as they are.
 *
 * @param compression gzip or zstd
 * @param level of the compression; empty for its default
 * @param times of the files
 */
public record LayerOptions(Compression compression, OptionalInt level, ImageTimes times) {
  /** Gzip at its default level, with the files' own times. */
  public static final LayerOptions DEFAULT =
      new LayerOptions(Compression.GZIP, OptionalInt.empty(), ImageTimes.REAL);

  public LayerOptions {
    Objects.requireNonNull(compression);
    Objects.requireNonNull(level);
    Objects.requireNonNull(times);
  }

  /**
   * The format of an image whose base has another one, perhaps: Docker's manifests have no name for
   * a zstd layer.
   */
  ImageFormat format(ImageFormat base) {
    return compression == Compression.ZSTD ? ImageFormat.OCI : base;
  }

  /**
   * Says what of this makes another layer of the same files. With the defaults nothing is said, so
   * that all builds share their layers.
   */
  CacheKey.Builder describe(CacheKey.Builder key) {
    if (compression != Compression.GZIP || level.isPresent()) {
      key.text("compression", compression.name()).number("level", level.orElse(-1));
    }
    return times.describe(key);
  }
}
