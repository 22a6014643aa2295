package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A layer as files on disk, with overlay's whiteouts and opaque directories where it has any. */
final class DirectoryTree implements LayerTree {
  private final Path root;
  private final ReservedPaths reserved;
  private LooseEnds looseEnds;

  private DirectoryTree(Path root, LooseEnds looseEnds, ReservedPaths reserved) {
    this.root = root;
    this.looseEnds = looseEnds;
    this.reserved = reserved;
  }

  /** An extracted layer, which may leave something to the layers below it. */
  static DirectoryTree ofLayer(Path root) {
    return new DirectoryTree(root, null, ReservedPaths.NONE);
  }

  /** A tree that has all of its directories and files itself. */
  static DirectoryTree asItStands(Path root) {
    return asItStands(root, ReservedPaths.NONE);
  }

  /** The same, without what is not its own. */
  static DirectoryTree asItStands(Path root, ReservedPaths reserved) {
    return new DirectoryTree(root, LooseEnds.NONE, reserved);
  }

  /** Where a path of the layer lies on disk. */
  Path path(String path) {
    return FileNames.resolve(root, path);
  }

  Optional<FileStat> stat(String path) throws IOException {
    return FileStat.ofNullable(path(path));
  }

  @Override
  public Optional<LayerEntry> entry(String path) throws IOException {
    Path file = path(path);
    Optional<LayerEntry> link = reserved.link(file, path);
    if (link.isPresent()) {
      return link;
    }
    Optional<FileStat> stat = reserved.covers(file) ? Optional.empty() : FileStat.ofNullable(file);
    if (stat.isEmpty() || looseEnds().implied().contains(path)) {
      return Optional.empty();
    }
    // A socket hides what lies below it, and has no place in a layer itself.
    if (stat.get().isOverlayWhiteout() || stat.get().isSocket()) {
      return Optional.of(LayerEntry.whiteout(path));
    }
    Map<String, byte[]> xattrs =
        stat.get().isFile() || stat.get().isDirectory() ? NativeFiles.xattrs(file) : Map.of();
    return Optional.of(stat.get().toEntry(path, file, xattrs));
  }

  @Override
  public Set<String> impliedDirectories() throws IOException {
    return looseEnds().implied();
  }

  @Override
  public Map<String, String> foreignLinks() throws IOException {
    return looseEnds().links();
  }

  private synchronized LooseEnds looseEnds() throws IOException {
    if (looseEnds == null) {
      looseEnds = LooseEnds.of(root);
    }
    return looseEnds;
  }

  @Override
  public Optional<Object> linkKey(String path) throws IOException {
    return stat(path).filter(stat -> stat.nlink() > 1 && !stat.isDirectory()).map(FileStat::inode);
  }

  @Override
  public boolean isOpaque(String directory) throws IOException {
    return stat(directory).filter(FileStat::isDirectory).isPresent()
        && NativeFiles.isOpaque(path(directory));
  }

  @Override
  public List<String> children(String directory) throws IOException {
    Path parent = path(directory);
    List<String> names = names(parent);
    if (!reserved.isEmpty()) {
      names.removeIf(name -> reserved.covers(FileNames.resolve(parent, name)));
    }
    return names;
  }

  @Override
  public InputStream open(String path) throws IOException {
    return Files.newInputStream(path(path), LinkOption.NOFOLLOW_LINKS);
  }

  /** The names in a directory, sorted; none where it is no directory. */
  static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return names;
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path child : stream) {
        names.add(FileNames.of(child));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return names;
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    java.util.Collections.sort(names);
    return names;
  }
}
