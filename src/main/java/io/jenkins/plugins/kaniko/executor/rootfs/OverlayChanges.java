package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads a changeset off an overlay's upper directory: the cost is that of the change, whatever lies
 * below. A path that overlay copied up but that came out as it was is no change.
 */
final class OverlayChanges {
  private final DirectoryTree upper;
  private final MergedTree lower;
  private final ChangeCollector changes;

  private OverlayChanges(Path upper, MergedTree lower, Predicate<String> ignored) {
    this.upper = DirectoryTree.asItStands(upper);
    this.lower = lower;
    this.changes = new ChangeCollector(ignored);
  }

  static Changeset collect(Path upper, MergedTree lower, Predicate<String> ignored)
      throws IOException {
    OverlayChanges walk = new OverlayChanges(upper, lower, ignored);
    walk.directory("", FileStat.of(upper), false);
    return walk.changes.finish(Optional.of(upper));
  }

  /**
   * Records a directory if it changed, and then what is in it.
   *
   * @param hidden true below an opaque directory: overlay marks the topmost one alone
   */
  private void directory(String path, FileStat stat, boolean hidden) throws IOException {
    LayerEntry entry = ChangeCollector.entryOf(path, upper.path(path), stat);
    Optional<LayerEntry> below = lower.lstat(path).map(MergedTree.Node::entry);
    boolean existed = below.isPresent();
    boolean merged = existed && below.get().isDirectory();
    boolean same = merged && sameDirectory(below.get(), entry);
    if (same) {
      changes.enterUnchanged(entry);
    } else {
      changes.add(entry, upper.path(path), stat, existed);
    }
    List<String> names = upper.children(path);
    boolean opaque = merged && (hidden || upper.isOpaque(path));
    if (opaque) {
      deleteAllBut(path, names);
    }
    whiteouts(path, names);
    for (String name : names) {
      child(Names.join(path, name), opaque);
    }
    if (same) {
      changes.leave();
    }
  }

  /** A root directory whose time alone changed is not worth an entry: every step would have one. */
  private static boolean sameDirectory(LayerEntry below, LayerEntry entry) {
    return below.sameHeader(entry.path().isEmpty() ? entry.withMtime(below.mtime()) : entry);
  }

  /** An opaque directory hides what lies below it: layers say so path by path. */
  private void deleteAllBut(String directory, List<String> names) throws IOException {
    Set<String> kept = new HashSet<>(names);
    for (String name : lower.list(directory).keySet()) {
      String path = Names.join(directory, name);
      if (!kept.contains(name) && !changes.ignores(path)) {
        changes.delete(path);
      }
    }
  }

  private void whiteouts(String directory, List<String> names) throws IOException {
    for (String name : names) {
      String path = Names.join(directory, name);
      if (upper.stat(path).filter(OverlayChanges::isGone).isPresent()
          && lower.lstat(path).isPresent()
          && !changes.ignores(path)) {
        changes.delete(path);
      }
    }
  }

  /** No layer can hold a socket: whatever it has replaced is gone. */
  private static boolean isGone(FileStat stat) {
    return stat.isOverlayWhiteout() || stat.isSocket();
  }

  private void child(String path, boolean hidden) throws IOException {
    Optional<FileStat> found = upper.stat(path);
    if (found.isEmpty() || changes.ignores(path) || isGone(found.get())) {
      return;
    }
    FileStat stat = found.get();
    if (stat.isDirectory()) {
      directory(path, stat, hidden);
      return;
    }
    LayerEntry entry = ChangeCollector.entryOf(path, upper.path(path), stat);
    Optional<MergedTree.Node> below = lower.lstat(path);
    if (below.isEmpty() || !isUnchanged(stat, entry, below.get())) {
      changes.add(entry, upper.path(path), stat, below.isPresent());
    }
  }

  /**
   * Copied up without a change: the header is the same, and so are the nanoseconds or the bytes.
   */
  private boolean isUnchanged(FileStat stat, LayerEntry entry, MergedTree.Node below)
      throws IOException {
    if (stat.nlink() > 1 || !entry.sameHeader(below.entry())) {
      return false;
    }
    if (!entry.isFile()) {
      return true;
    }
    if (below.layer() instanceof DirectoryTree tree) {
      Optional<FileStat> lowerStat = tree.stat(entry.path());
      if (lowerStat.isPresent() && !lowerStat.get().mtime().equals(stat.mtime())) {
        return false;
      }
    }
    try (InputStream a = upper.open(entry.path());
        InputStream b = below.open()) {
      return sameBytes(a, b);
    }
  }

  private static boolean sameBytes(InputStream a, InputStream b) throws IOException {
    byte[] x = new byte[64 * 1024];
    byte[] y = new byte[64 * 1024];
    while (true) {
      int n = a.readNBytes(x, 0, x.length);
      int m = b.readNBytes(y, 0, y.length);
      if (n != m || !java.util.Arrays.equals(x, 0, n, y, 0, m)) {
        return false;
      }
      if (n == 0) {
        return true;
      }
    }
  }
}
