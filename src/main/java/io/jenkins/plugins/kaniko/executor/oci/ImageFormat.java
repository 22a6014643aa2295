package io.jenkins.plugins.kaniko.executor.oci;

/** The two families of manifests. One manifest never mixes their media types. */
public enum ImageFormat {
  /** Docker image manifest version 2, schema 2. */
  DOCKER,
  /** OCI image manifest version 1. */
  OCI
}
