package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.History;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A small image with one layer of noise, different for each seed. */
final class TestImage {
  private final Manifest manifest;
  private final byte[] config;
  private final byte[] layer;

  private TestImage(Manifest manifest, byte[] config, byte[] layer) {
    this.manifest = manifest;
    this.config = config;
    this.layer = layer;
  }

  static TestImage of(long seed, ImageFormat format, String platform) {
    byte[] layer = noise(seed, 70_000);
    ImageConfig config =
        ImageConfig.scratch(Platform.parse(platform)).toBuilder()
            .layer(
                Digest.sha256(layer),
                History.of(Instant.EPOCH, "COPY noise /", Optional.empty(), false))
            .build();
    return of(format, config.toBytes(), layer);
  }

  static TestImage of(ImageFormat format, byte[] config, byte[] layer) {
    Manifest manifest =
        Manifest.create(
            format,
            descriptor(MediaTypes.OCI_CONFIG, config),
            List.of(descriptor(MediaTypes.OCI_LAYER_TAR, layer)));
    return new TestImage(manifest, config, layer);
  }

  static Descriptor descriptor(String mediaType, byte[] content) {
    return Descriptor.of(mediaType, Digest.sha256(content), content.length);
  }

  static byte[] noise(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  Descriptor layerDescriptor() {
    return manifest.layers().get(0);
  }

  Manifest manifest() {
    return manifest;
  }

  byte[] config() {
    return config.clone();
  }

  byte[] layer() {
    return layer.clone();
  }

  void push(Registry registry, ImageReference target) throws RegistryException, IOException {
    push(registry, target, layerDescriptor(), layer);
    push(registry, target, manifest.config(), config);
    registry.pushManifest(target, manifest);
  }

  private static void push(
      Registry registry, ImageReference target, Descriptor blob, byte[] content)
      throws RegistryException, IOException {
    registry.pushBlob(
        target, blob, BlobSource.bytes(content), Optional.empty(), ProgressListener.NONE);
  }
}
