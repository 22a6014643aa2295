package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where COPY and ADD take files from: the build context, or the file system of a stage or an image.
 */
interface CopySource {
  /**
   * A file of the source.
   *
   * @param name what it is called in a directory that it is copied into
   * @param entry its metadata; the path is that in the source
   * @param linkKey equal for names of one file
   */
  record Item(String name, LayerEntry entry, Content content, Optional<Object> linkKey) {}

  /** A source that cannot be copied; the message is a sentence without the place. */
  final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }

    UnusableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** What a path or pattern stands for; symlinks in it are followed. */
  List<Item> match(String pattern) throws UnusableException, IOException;

  /** The file or directory of that very name, whatever characters are in it; links are followed. */
  Item exactly(String path) throws UnusableException, IOException;

  /** What is in a directory, sorted by name; symlinks are themselves. */
  List<Item> children(Item directory) throws UnusableException, IOException;

  /** Says that the contents of these will be read. */
  default void prefetch(Collection<Item> files) throws IOException {}
}
