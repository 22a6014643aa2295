package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Paths below a root that are not the root's own and stay as they are: nothing is written there,
 * nothing deleted, and nothing enters a layer.
 */
final class ReservedPaths {
  static final ReservedPaths NONE = new ReservedPaths(Path.of("/"), List.of());

  /** Every container has its own, whatever the image says: an image may say what it likes. */
  private static final List<String> OF_EVERY_CONTAINER =
      List.of("proc", "sys", "dev", "etc/hosts", "etc/hostname", "etc/resolv.conf");

  private static final int MAX_SYMLINKS = 40;

  private final Path root;
  private final Set<Path> paths;

  /** Directories that have something reserved below them, so that they cannot go. */
  private final Set<Path> holders = new HashSet<>();

  /** Holders that should be symbolic links, with their targets. */
  private final Map<Path, String> links = new HashMap<>();

  /** Links that stand for what lies where a link of {@link #links} leads. */
  private final Set<Path> shown = new HashSet<>();

  ReservedPaths(Path root, Collection<Path> paths) {
    this.root = root;
    this.paths = Set.copyOf(paths);
    for (Path path : paths) {
      for (Path at = path.getParent(); at != null; at = at.getParent()) {
        holders.add(at);
      }
    }
  }

  boolean isEmpty() {
    return paths.isEmpty();
  }

  /** The outermost of them but for those that every container has, in order. */
  List<Path> outermost() {
    return paths.stream()
        .filter(path -> path.getParent() == null || !covers(path.getParent()))
        .filter(path -> OF_EVERY_CONTAINER.stream().noneMatch(is -> isBelow(path, is)))
        .sorted()
        .toList();
  }

  /** Whether a path is not to be looked at, or into. */
  boolean contains(Path path) {
    return paths.contains(path) || links.containsKey(path);
  }

  /** Whether a path is reserved or lies below one that is. */
  boolean covers(Path path) {
    if (!paths.isEmpty()) {
      for (Path at = path; at != null; at = at.getParent()) {
        if (paths.contains(at)) {
          return true;
        }
      }
    }
    return false;
  }

  boolean holds(Path path) {
    return holders.contains(path);
  }

  /**
   * Whether an entry of a layer is to be left out of the root.
   *
   * @throws ReservedPathException if commands would miss it
   */
  boolean keepOut(Path path, LayerEntry entry) throws ReservedPathException {
    if (covers(path)) {
      if (!entry.isDirectory()) {
        require(path);
      }
      return true;
    }
    if (!holds(path)) {
      return false;
    }
    links.remove(path);
    if (entry.isSymlink()) {
      links.put(path, entry.linkTarget());
      return true;
    }
    if (!entry.isDirectory()) {
      throw new ReservedPathException(path);
    }
    return false;
  }

  /** Refuses a path that an image cannot have while it is built here. */
  void require(Path path) throws ReservedPathException {
    if (covers(path) && OF_EVERY_CONTAINER.stream().noneMatch(is -> isBelow(path, is))) {
      throw new ReservedPathException(path);
    }
  }

  /** Refuses to delete what is reserved, whoever asks for it. */
  void requireRemovable(Path path) throws ReservedPathException {
    if (covers(path) || holds(path)) {
      throw new ReservedPathException(path);
    }
  }

  /** The link that a path would be, if nothing reserved lay below it. */
  Optional<LayerEntry> link(Path path, String name) throws IOException {
    String target = links.get(path);
    return target == null
        ? Optional.empty()
        : Optional.of(LayerEntry.symlink(name, target, 0, 0, FileStat.of(path).seconds()));
  }

  /** Lets commands find what lies where a link leads that cannot be there. */
  void showLinks() throws IOException {
    for (Path link : links.keySet()) {
      Path target = target(link);
      for (String name : DirectoryTree.names(target)) {
        Path place = FileNames.resolve(link, name);
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
          Files.createSymbolicLink(place, FileNames.resolve(target, name));
          shown.add(place);
        }
      }
    }
  }

  /** Takes that away again, and moves what commands have made to where it belongs. */
  void followLinks() throws IOException {
    for (Path place : shown) {
      if (Files.isSymbolicLink(place)) {
        Files.delete(place);
      }
    }
    shown.clear();
    for (Path link : links.keySet()) {
      move(link, target(link));
    }
  }

  private void move(Path from, Path to) throws IOException {
    for (String name : DirectoryTree.names(from)) {
      Path source = FileNames.resolve(from, name);
      Path target = FileNames.resolve(to, name);
      if (covers(source) || holds(source)) {
        continue;
      }
      require(target);
      Files.createDirectories(to);
      if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)
          && Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        move(source, target);
        Files.delete(source);
      } else {
        requireRemovable(target);
        Files.move(source, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /**
   * Where a link leads: component by component from the root, through the links of the image, there
   * or not.
   */
  private Path target(Path link) throws IOException {
    ArrayDeque<String> todo = new ArrayDeque<>();
    Path at = lead(link.getParent(), links.get(link), todo);
    int followed = 0;
    while (!todo.isEmpty()) {
      String part = todo.poll();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        at = at.equals(root) ? root : at.getParent();
        continue;
      }
      Path next = FileNames.resolve(at, part);
      String further = links.get(next);
      if (further == null && Files.isSymbolicLink(next)) {
        further = FileStat.linkTarget(next);
      }
      if (further == null) {
        at = next;
        continue;
      }
      if (++followed > MAX_SYMLINKS) {
        throw new IOException("tried to follow " + link + ", but its symlinks go in circles");
      }
      at = lead(at, further, todo);
    }
    return at;
  }

  /** Puts the parts of a target before those that are left, and says where they begin. */
  private Path lead(Path from, String target, ArrayDeque<String> todo) {
    List<String> parts = List.of(target.split("/"));
    for (int i = parts.size() - 1; i >= 0; i--) {
      todo.addFirst(parts.get(i));
    }
    return target.startsWith("/") ? root : from;
  }

  private boolean isBelow(Path path, String name) {
    return path.startsWith(root.resolve(name));
  }
}
