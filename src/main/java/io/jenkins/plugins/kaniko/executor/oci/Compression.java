package io.jenkins.plugins.kaniko.executor.oci;

/** How a layer's tar stream is compressed. */
public enum Compression {
  NONE,
  GZIP,
  ZSTD
}
