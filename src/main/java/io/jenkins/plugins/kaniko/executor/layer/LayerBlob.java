package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;

/**
 * A layer that has been written.
 *
 * @param descriptor media type, digest and size of the compressed bytes
 * @param diffId digest of the uncompressed tar
 * @param index its entries
 */
public record LayerBlob(Descriptor descriptor, Digest diffId, LayerIndex index) {}
