package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import java.util.List;
import java.util.Optional;

/**
 * A record as a small image, which every registry takes: its layer is the image's only one, and a
 * label of its config has the text.
 */
record CacheImage(Manifest manifest, BlobSource config) {
  private static final String LABEL = "io.jenkins.plugins.kaniko.record";

  static CacheImage of(CacheKey key, CacheRecord record) {
    List<Digest> diffIds = record.layer().stream().map(CacheRecord.Layer::diffId).toList();
    List<Descriptor> layers = record.layer().stream().map(CacheRecord.Layer::descriptor).toList();
    byte[] config =
        ImageConfig.scratch(Platform.current()).toBuilder()
            .layers(diffIds, List.of())
            .created(record.created())
            .label(LABEL, record.toText(key))
            .build()
            .toBytes();
    Descriptor descriptor =
        Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(config), config.length);
    return new CacheImage(
        Manifest.create(ImageFormat.OCI, descriptor, layers), BlobSource.bytes(config));
  }

  /** The record of an image; empty if it is none, not of this key, or not of this layer. */
  static Optional<CacheRecord> read(CacheKey key, Manifest manifest, ImageConfig config) {
    Optional<CacheRecord> record =
        Optional.ofNullable(config.labels().get(LABEL))
            .flatMap(text -> CacheRecord.parse(key, text));
    int layers = manifest.layers().size();
    return record.filter(
        found ->
            found
                .layer()
                .map(layer -> layers == 1 && layer.isIn(manifest, config))
                .orElse(layers == 0));
  }
}
