package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A layer that nobody has extracted: answers come from its index, contents from one pass over its
 * blob.
 */
public final class IndexTree implements LayerTree {
  private final LayerIndex index;
  private final Blob blob;
  private final Path spoolDirectory;
  private final Map<String, Path> spooled = new HashMap<>();
  private final Set<String> linked = new HashSet<>();

  /** The compressed layer, which is asked for only when somebody reads a content. */
  @FunctionalInterface
  public interface Blob {
    Path path() throws IOException;
  }

  /**
   * @param spoolDirectory where contents are put that somebody asks for
   */
  public IndexTree(LayerIndex index, Blob blob, Path spoolDirectory) {
    this.index = index;
    this.blob = blob;
    this.spoolDirectory = spoolDirectory;
    for (LayerEntry entry : index.entries()) {
      if (entry.type() == EntryType.HARDLINK) {
        linked.add(primary(entry.path()));
      }
    }
  }

  @Override
  public Optional<LayerEntry> entry(String path) {
    Optional<LayerEntry> own = index.entry(path);
    if (own.isEmpty() || own.get().type() != EntryType.HARDLINK) {
      return own;
    }
    return index.entry(primary(path)).map(target -> target.withPath(path));
  }

  @Override
  public Optional<Object> linkKey(String path) {
    String primary = primary(path);
    return linked.contains(primary) ? Optional.of(primary) : Optional.empty();
  }

  @Override
  public boolean isOpaque(String directory) {
    return index.isOpaque(directory);
  }

  @Override
  public List<String> children(String directory) {
    return index.children(directory);
  }

  @Override
  public synchronized InputStream open(String path) throws IOException {
    String primary = primary(path);
    if (!spooled.containsKey(primary)) {
      prefetch(List.of(path));
    }
    Path file = spooled.get(primary);
    if (file == null) {
      throw new IOException("tried to read /" + path + " from its layer, but it is not there");
    }
    return Files.newInputStream(file);
  }

  @Override
  public synchronized void prefetch(Collection<String> paths) throws IOException {
    Set<String> wanted = new HashSet<>();
    for (String path : paths) {
      String primary = primary(path);
      if (!spooled.containsKey(primary)
          && index.entry(primary).filter(LayerEntry::isFile).isPresent()) {
        wanted.add(primary);
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    Files.createDirectories(spoolDirectory);
    try (InputStream in = LayerReader.decompress(blob.path())) {
      TarReader tar = new TarReader(in);
      for (LayerEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.isFile() && wanted.contains(entry.path())) {
          Path file = Files.createTempFile(spoolDirectory, "content", "");
          Files.copy(tar.content(), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
          spooled.put(entry.path(), file);
        }
      }
    }
  }

  @Override
  public Set<String> impliedDirectories() {
    return index.impliedDirectories();
  }

  @Override
  public Map<String, String> foreignLinks() {
    Map<String, String> links = new HashMap<>();
    for (LayerEntry entry : index.entries()) {
      if (entry.type() == EntryType.HARDLINK) {
        String primary = primary(entry.path());
        if (index.entry(primary).isEmpty()) {
          links.put(entry.path(), primary);
        }
      }
    }
    return links;
  }

  /** The path under which a layer holds the content of a hard link. */
  private String primary(String path) {
    String at = path;
    // A chain is as long as there are links; a loop of them is a hostile layer.
    for (int i = 0; i < 64; i++) {
      Optional<LayerEntry> entry = index.entry(at);
      if (entry.isEmpty() || entry.get().type() != EntryType.HARDLINK) {
        return at;
      }
      at = entry.get().linkTarget();
    }
    return at;
  }
}
