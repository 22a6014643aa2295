package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one layer says about paths: from its index ({@link IndexTree}) or from its files on disk.
 * Paths are as in {@link LayerEntry#path}.
 */
public interface LayerTree {
  /**
   * What this layer says about a path: an entry, a {@link EntryType#WHITEOUT}, or nothing. Hard
   * links come as the file that they name.
   */
  Optional<LayerEntry> entry(String path) throws IOException;

  /** Equal for paths of this layer that are names of one file, empty for a file with one name. */
  Optional<Object> linkKey(String path) throws IOException;

  /** True when the layers below show nothing of this directory. */
  boolean isOpaque(String directory) throws IOException;

  /** Names below a directory in this layer, sorted; whiteouts included. */
  List<String> children(String directory) throws IOException;

  /** The content of a file of this layer. */
  InputStream open(String path) throws IOException;

  /** Directories that hold something of this layer, but that no entry of it names. */
  default Set<String> impliedDirectories() throws IOException {
    return Set.of();
  }

  /** Hard links to files that this layer does not hold, with what they name. */
  default Map<String, String> foreignLinks() throws IOException {
    return Map.of();
  }

  /** Says that these files will be opened soon, so that one pass can serve them all. */
  default void prefetch(Collection<String> paths) throws IOException {}
}
