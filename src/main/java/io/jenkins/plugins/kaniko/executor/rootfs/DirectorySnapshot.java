package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What lstat(2) says about every path of a tree at one moment. A file whose inode, ctime, size,
 * mode, owner and mtime are as they were has not changed: the kernel sets ctime on every change and
 * nobody can set it back.
 */
final class DirectorySnapshot {
  /**
   * @param xattrs of a directory; a file's ctime tells of theirs
   */
  private record Node(
      FileStat stat, Map<String, byte[]> xattrs, SortedMap<String, Node> children) {}

  private final Path root;
  private final Node top;

  private DirectorySnapshot(Path root, Node top) {
    this.root = root;
    this.top = top;
  }

  static DirectorySnapshot take(Path root, ReservedPaths reserved) throws IOException {
    return new DirectorySnapshot(root, walk(root, FileStat.of(root), reserved));
  }

  private static Node walk(Path path, FileStat stat, ReservedPaths reserved) throws IOException {
    // Most nodes are files, and there may be a million of them.
    SortedMap<String, Node> children = Collections.emptySortedMap();
    Map<String, byte[]> xattrs = Map.of();
    if (stat.isDirectory()) {
      xattrs = NativeFiles.xattrs(path);
      children = new TreeMap<>();
      for (String name : DirectoryTree.names(path)) {
        Path child = FileNames.resolve(path, name);
        if (reserved.contains(child)) {
          continue;
        }
        FileStat childStat = FileStat.of(child);
        if (!childStat.isSocket()) {
          children.put(name, walk(child, childStat, reserved));
        }
      }
    }
    return new Node(stat, xattrs, children);
  }

  Changeset changesSince(DirectorySnapshot before, Predicate<String> ignored) throws IOException {
    ChangeCollector changes = new ChangeCollector(ignored);
    compare("", before.top, top, changes);
    return changes.finish(Optional.empty());
  }

  private void compare(String path, Node before, Node now, ChangeCollector changes)
      throws IOException {
    Path file = FileNames.resolve(root, path);
    if (!now.stat().isDirectory()) {
      if (before == null || !isSame(before.stat(), now.stat())) {
        changes.add(
            ChangeCollector.entryOf(path, file, now.stat()), file, now.stat(), before != null);
      }
      return;
    }
    LayerEntry entry = now.stat().toEntry(path, file, now.xattrs());
    boolean same = before != null && isSameDirectory(path, before, now);
    if (same) {
      changes.enterUnchanged(entry);
    } else {
      changes.add(entry, file, now.stat(), before != null);
    }
    Map<String, Node> old =
        before != null && before.stat().isDirectory() ? before.children() : Map.of();
    for (String name : old.keySet()) {
      String child = Names.join(path, name);
      if (!now.children().containsKey(name) && !changes.ignores(child)) {
        changes.delete(child);
      }
    }
    for (Map.Entry<String, Node> child : now.children().entrySet()) {
      String childPath = Names.join(path, child.getKey());
      if (!changes.ignores(childPath)) {
        compare(childPath, old.get(child.getKey()), child.getValue(), changes);
      }
    }
    if (same) {
      changes.leave();
    }
  }

  private static boolean isSame(FileStat a, FileStat b) {
    return a.inode() == b.inode()
        && a.ctime().equals(b.ctime())
        && a.size() == b.size()
        && a.mode() == b.mode()
        && a.uid() == b.uid()
        && a.gid() == b.gid()
        && a.rdev() == b.rdev()
        && a.mtime().equals(b.mtime());
  }

  /** A directory's ctime changes with every name in it: what a layer would say of it counts. */
  private static boolean isSameDirectory(String path, Node before, Node now) {
    FileStat a = before.stat();
    FileStat b = now.stat();
    return a.mode() == b.mode()
        && a.uid() == b.uid()
        && a.gid() == b.gid()
        && (path.isEmpty() || a.seconds() == b.seconds())
        && LayerEntry.sameXattrs(before.xattrs(), now.xattrs());
  }
}
