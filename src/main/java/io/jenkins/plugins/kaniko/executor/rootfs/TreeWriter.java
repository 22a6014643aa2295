package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerIndex;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.layer.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Writes layer entries below a directory. Every component of every path is resolved under that
 * directory as a chroot would, so that no entry can reach outside, whatever symlinks the layer has
 * planted before.
 */
final class TreeWriter implements LayerReader.Visitor {
  private static final int MAX_SYMLINKS = 40;

  /** What a whiteout does. */
  enum Whiteouts {
    /** Stays on disk as overlay's sign: the directory is one layer of several. */
    KEEP,
    /** Deletes: the directory holds the whole root. */
    APPLY
  }

  private final Path root;
  private final Whiteouts whiteouts;
  private final Map<String, Path> parents = new HashMap<>();
  private final Map<Path, LayerEntry> directories = new LinkedHashMap<>();
  private final java.util.Set<Path> own = new java.util.HashSet<>();

  TreeWriter(Path root, Whiteouts whiteouts) {
    this.root = root;
    this.whiteouts = whiteouts;
  }

  /** Writes an entry as a tar stream has it, its whiteout in its name. */
  @Override
  public void visit(LayerEntry entry, InputStream content) throws IOException {
    LayerIndex.Mark mark = LayerIndex.mark(entry.path());
    switch (mark.kind()) {
      case ENTRY -> write(entry, content);
      case WHITEOUT -> whiteout(mark.path());
      case OPAQUE -> opaque(mark.path());
      case RESERVED -> {}
    }
  }

  /** Writes an entry whose whiteout, if it is one, is in its type. */
  void write(LayerEntry entry, InputStream content) throws IOException {
    if (entry.type() == EntryType.WHITEOUT) {
      whiteout(entry.path());
      return;
    }
    if (entry.path().isEmpty()) {
      directories.put(root, entry);
      return;
    }
    Path path = locate(entry.path());
    own.add(path);
    if (entry.isDirectory()) {
      directory(path, entry);
      return;
    }
    remove(path, entry.path());
    switch (entry.type()) {
      case FILE -> file(path, entry, content);
      case SYMLINK -> Files.createSymbolicLink(path, target(entry.linkTarget()));
      case HARDLINK -> {
        link(path, entry);
        return;
      }
      default -> {
        if (special(path, entry)) {
          owner(path, entry);
          Files.setAttribute(path, "unix:mode", entry.mode());
          NativeFiles.setTime(path, entry.mtime());
        }
        return;
      }
    }
    owner(path, entry);
    if (!entry.isSymlink()) {
      Files.setAttribute(path, "unix:mode", entry.mode());
    }
    xattrs(path, entry);
    time(path, entry.mtime());
  }

  /**
   * Sets what would not last while files are still written: owners, modes and times of directories.
   */
  void finish() throws IOException {
    List<Map.Entry<Path, LayerEntry>> deepestFirst =
        new java.util.ArrayList<>(directories.entrySet());
    java.util.Collections.reverse(deepestFirst);
    for (Map.Entry<Path, LayerEntry> entry : deepestFirst) {
      Path path = entry.getKey();
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        owner(path, entry.getValue());
        Files.setAttribute(path, "unix:mode", entry.getValue().mode());
        xattrs(path, entry.getValue());
        time(path, entry.getValue().mtime());
      }
    }
    directories.clear();
  }

  private void directory(Path path, LayerEntry entry) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      remove(path, entry.path());
      Files.createDirectory(path);
    }
    directories.remove(path);
    directories.put(path, entry);
  }

  private static void file(Path path, LayerEntry entry, InputStream content) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long written = content.transferTo(out);
      if (written != entry.size()) {
        throw new IOException(
            "tried to write /"
                + entry.path()
                + ", but it has "
                + written
                + " bytes instead of "
                + entry.size()
                + "; try again when nothing writes to it");
      }
    }
  }

  private void link(Path path, LayerEntry entry) throws IOException {
    Path existing = locate(entry.linkTarget());
    if (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "tried to make the hard link /"
              + entry.path()
              + ", but its layer does not hold /"
              + entry.linkTarget());
    }
    Files.createLink(path, existing);
  }

  /** Devices and fifos; a device is left out where the user namespace forbids to make it. */
  private static boolean special(Path path, LayerEntry entry) throws IOException {
    int type =
        switch (entry.type()) {
          case CHAR_DEVICE -> 0020000;
          case BLOCK_DEVICE -> 0060000;
          default -> 0010000;
        };
    try {
      NativeFiles.makeNode(path, type | 0600, entry.major(), entry.minor());
      return true;
    } catch (IOException e) {
      if (type != 0010000 && NativeFiles.isNotPermitted(e)) {
        return false;
      }
      throw e;
    }
  }

  private void whiteout(String path) throws IOException {
    Path file = locate(path);
    // A whiteout speaks of lower layers, wherever it stands in the tar: this layer's own entry
    // wins.
    if (own.contains(file)) {
      if (whiteouts == Whiteouts.KEEP && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        NativeFiles.setOpaque(file);
      }
      return;
    }
    remove(file, path);
    if (whiteouts == Whiteouts.KEEP) {
      NativeFiles.makeWhiteout(file);
    }
  }

  private void opaque(String path) throws IOException {
    Path directory = path.isEmpty() ? root : locate(path);
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      remove(directory, path);
      Files.createDirectory(directory);
    }
    if (whiteouts == Whiteouts.KEEP) {
      NativeFiles.setOpaque(directory);
      return;
    }
    for (String name : DirectoryTree.names(directory)) {
      Path child = Names.resolve(directory, name);
      if (!own.contains(child)) {
        remove(child, Names.join(path, name));
      }
    }
  }

  /** Where an entry goes: its parents resolved below the root and made where they are missing. */
  private Path locate(String path) throws IOException {
    String parent = Names.parent(path);
    Path directory = parents.get(parent);
    if (directory == null) {
      directory = resolveDirectory(parent);
      parents.put(parent, directory);
    }
    return Names.resolve(directory, Names.base(path));
  }

  private Path resolveDirectory(String path) throws IOException {
    ArrayDeque<String> todo = new ArrayDeque<>(List.of(path.split("/")));
    ArrayDeque<Path> above = new ArrayDeque<>();
    Path at = root;
    int links = 0;
    while (!todo.isEmpty()) {
      String part = todo.poll();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        at = above.isEmpty() ? root : above.pop();
        continue;
      }
      Path next = Names.resolve(at, part);
      Optional<FileStat> stat = FileStat.ofNullable(next);
      if (stat.isPresent() && stat.get().isSymlink()) {
        if (++links > MAX_SYMLINKS) {
          throw new IOException(
              "tried to write below /" + path + ", but its symlinks go in circles");
        }
        String target = FileStat.linkTarget(next);
        List<String> parts = List.of(target.split("/"));
        for (int i = parts.size() - 1; i >= 0; i--) {
          todo.addFirst(parts.get(i));
        }
        if (target.startsWith("/")) {
          at = root;
          above.clear();
        }
        continue;
      }
      if (stat.isEmpty()) {
        implied(next);
      } else if (stat.get().isOverlayWhiteout() && whiteouts == Whiteouts.KEEP) {
        Files.delete(next);
        implied(next);
        NativeFiles.setOpaque(next);
      } else if (!stat.get().isDirectory()) {
        throw new IOException(
            "tried to write below /" + path + ", but " + part + " is not a directory there");
      }
      above.push(at);
      at = next;
    }
    return at;
  }

  /** A parent that no entry has named: containerd and BuildKit make it 0755, owned by root. */
  private void implied(Path directory) throws IOException {
    Files.createDirectory(directory);
    directories.put(directory, LayerEntry.directory("", 0755, 0, 0, 0));
  }

  private void remove(Path path, String name) throws IOException {
    Optional<FileStat> stat = FileStat.ofNullable(path);
    if (stat.isEmpty()) {
      return;
    }
    if (stat.get().isDirectory()) {
      Trees.delete(path);
    } else {
      Files.delete(path);
    }
    if (stat.get().isDirectory() || stat.get().isSymlink()) {
      parents.keySet().removeIf(key -> key.equals(name) || key.startsWith(name + "/"));
      parents.values().removeIf(value -> value.startsWith(path));
    }
  }

  private static Path target(String linkTarget) {
    if (Names.isText(linkTarget)) {
      return Path.of(linkTarget);
    }
    Path absolute = Names.resolve(Path.of("/"), linkTarget.replaceAll("^/+", ""));
    return linkTarget.startsWith("/") ? absolute : Path.of("/").relativize(absolute);
  }

  private static void owner(Path path, LayerEntry entry) throws IOException {
    // chown clears setuid, so the mode is set after it
    Files.setAttribute(path, "unix:uid", (int) entry.uid(), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", (int) entry.gid(), LinkOption.NOFOLLOW_LINKS);
  }

  private static void xattrs(Path path, LayerEntry entry) throws IOException {
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      String name = xattr.getKey();
      if (NativeFiles.isLayerXattr(name)) {
        NativeFiles.setXattr(path, name, xattr.getValue());
      }
    }
  }

  private static void time(Path path, long seconds) throws IOException {
    FileTime time = FileTime.from(seconds, TimeUnit.SECONDS);
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(time, time, null);
  }
}
