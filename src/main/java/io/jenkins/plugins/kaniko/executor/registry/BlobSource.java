package io.jenkins.plugins.kaniko.executor.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The content of a blob, which can be read from its start as often as an upload needs it. */
@FunctionalInterface
public interface BlobSource {
  InputStream open() throws IOException;

  static BlobSource file(Path file) {
    return () -> Files.newInputStream(file);
  }

  static BlobSource bytes(byte[] content) {
    byte[] copy = content.clone();
    return () -> new ByteArrayInputStream(copy);
  }
}
