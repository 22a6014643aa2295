/**
 * Data of the OCI image-spec and of Docker's image manifest version 2, schema 2.
 *
 * <p>Every document keeps the JSON it was read from, so what this package does not know
 * (annotations, {@code artifactType}, vendor keys) survives a round trip. All types are immutable.
 * Unusable input is reported as an {@link java.lang.IllegalArgumentException} whose message is one
 * sentence for people.
 */
package io.jenkins.plugins.kaniko.executor.oci;
