package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Gathers changes in the order of a depth-first walk and completes them to a layer: unchanged
 * parents, hard links, counts.
 */
final class ChangeCollector {
  private final List<LayerItem> items = new ArrayList<>();
  private final Deque<Parent> openParents = new ArrayDeque<>();
  private final Map<Long, String> firstNames = new HashMap<>();
  private final Predicate<String> ignored;
  private int added;
  private int changed;
  private int deleted;
  private long bytes;

  /**
   * @param ignored paths that enter no layer, whatever happens to them
   */
  ChangeCollector(Predicate<String> ignored) {
    this.ignored = ignored;
  }

  boolean ignores(String path) {
    return ignored.test(path);
  }

  /**
   * Says that the walk goes into a directory that did not change itself; end with {@link #leave}.
   */
  void enterUnchanged(LayerEntry directory) {
    Parent parent = new Parent(directory);
    // Every reader has a root directory.
    parent.recorded = directory.path().isEmpty();
    openParents.addLast(parent);
  }

  /**
   * Ends {@link #enterUnchanged}: the directory is dropped unless something below it was recorded.
   */
  void leave() {
    openParents.pollLast();
  }

  void add(LayerEntry entry, Path file, FileStat stat, boolean existedBefore) {
    flushParents();
    LayerEntry recorded = entry;
    if (stat.nlink() > 1 && !stat.isDirectory()) {
      String first = firstNames.putIfAbsent(stat.inode(), entry.path());
      if (first != null) {
        recorded = entry.asHardLinkTo(first);
      }
    }
    items.add(
        recorded.isFile() ? new LayerItem(recorded, Content.of(file)) : LayerItem.of(recorded));
    bytes += recorded.size();
    if (existedBefore) {
      changed++;
    } else {
      added++;
    }
  }

  void delete(String path) {
    flushParents();
    items.add(LayerItem.of(LayerEntry.whiteout(path)));
    deleted++;
  }

  Changeset finish(Optional<Path> directory) {
    return new Changeset(items, added, changed, deleted, bytes, directory);
  }

  private void flushParents() {
    for (Parent parent : openParents) {
      if (!parent.recorded) {
        items.add(LayerItem.of(parent.entry));
        parent.recorded = true;
      }
    }
  }

  private static final class Parent {
    final LayerEntry entry;
    boolean recorded;

    Parent(LayerEntry entry) {
      this.entry = entry;
    }
  }

  /** xattrs of files and directories; no other type can have those that a layer holds. */
  static LayerEntry entryOf(String path, Path file, FileStat stat) throws IOException {
    Map<String, byte[]> xattrs =
        stat.isFile() || stat.isDirectory() ? NativeFiles.xattrs(file) : Map.of();
    return stat.toEntry(path, file, xattrs);
  }

  /** True where a path or one of its parents is in a list of absolute paths. */
  static Predicate<String> below(List<String> absolutePaths) {
    List<String> roots = absolutePaths.stream().map(p -> p.replaceAll("^/+|/+$", "")).toList();
    return path -> {
      for (String at = path; !at.isEmpty(); at = Names.parent(at)) {
        if (roots.contains(at)) {
          return true;
        }
      }
      return false;
    };
  }
}
