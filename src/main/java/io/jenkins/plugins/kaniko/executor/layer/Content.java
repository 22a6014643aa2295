package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Where a file's bytes come from; opened only when they are needed. */
@FunctionalInterface
public interface Content {
  InputStream open() throws IOException;

  /** The content of a file on disk; a symlink in its place is refused, not followed. */
  static Content of(Path file) {
    return () -> Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  static Content of(byte[] bytes) {
    return () -> new java.io.ByteArrayInputStream(bytes);
  }
}
