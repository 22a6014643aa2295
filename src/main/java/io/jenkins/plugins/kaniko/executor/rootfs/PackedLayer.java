package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.nio.file.Path;

/**
 * A layer as a compressed blob.
 *
 * @param diffId that its uncompressed bytes must have
 */
public record PackedLayer(Path blob, Digest diffId) {}
