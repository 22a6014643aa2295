package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerIndex;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.layer.Trees;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes layer entries below a directory. Every component of every path is resolved under that
 * directory as a chroot would, so that no entry can reach outside, whatever symlinks the layer has
 * planted before.
 */
final class TreeWriter implements LayerReader.Visitor {
  /** What a whiteout does. */
  enum Whiteouts {
    /** Stays on disk as overlay's sign: the directory is one layer of several. */
    KEEP,
    /** Deletes: the directory holds the whole root. */
    APPLY
  }

  private final Path root;
  private final Whiteouts whiteouts;
  private final ReservedPaths reserved;
  private final EntryFiles files;
  private final Map<String, Path> parents = new HashMap<>();
  private final Map<Path, LayerEntry> directories = new LinkedHashMap<>();
  private final Set<Path> own = new HashSet<>();
  private final Set<Path> implied = new HashSet<>();

  /** Directories that were there before, and that an entry has named. */
  private final Set<Path> merged = new HashSet<>();

  /** Times of directories that were there before, and that no entry has named. */
  private final Map<Path, FileTime> times = new HashMap<>();

  TreeWriter(Path root, Whiteouts whiteouts) throws IOException {
    this(root, whiteouts, ReservedPaths.NONE);
  }

  TreeWriter(Path root, Whiteouts whiteouts, ReservedPaths reserved) throws IOException {
    this.root = root;
    this.reserved = reserved;
    this.whiteouts = whiteouts;
    // A directory that was there before may be setgid and hand down its group.
    boolean setgid = (FileStat.of(root).permissions() & 02000) != 0;
    this.files = new EntryFiles(whiteouts == Whiteouts.KEEP && !setgid);
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
      if (!entry.isDirectory()) {
        throw new IOException("tried to write a layer, but its root is not a directory");
      }
      directories.put(root, entry);
      return;
    }
    if (reserved.keepOut(FileNames.resolve(root, entry.path()), entry)) {
      return;
    }
    Path path = locate(entry.path());
    if (reserved.keepOut(path, entry)) {
      return;
    }
    if (whiteouts == Whiteouts.APPLY) {
      own.add(path);
    }
    switch (entry.type()) {
      case DIRECTORY -> directory(path, entry);
      case FILE -> {
        try {
          files.file(path, entry, content);
        } catch (FileAlreadyExistsException e) {
          remove(path);
          files.file(path, entry, content);
        }
      }
      case SYMLINK -> {
        remove(path);
        files.symlink(path, entry);
      }
      case HARDLINK -> {
        remove(path);
        link(path, entry);
      }
      default -> {
        remove(path);
        files.special(path, entry);
      }
    }
  }

  /**
   * Writes a change of its own to a root, and says what it changed.
   *
   * @param tree the root as it stands before
   * @param directory see {@link Changeset#directory}
   */
  Changeset apply(List<LayerItem> items, MergedTree tree, Optional<Path> directory)
      throws IOException {
    List<LayerItem> applied = new ArrayList<>();
    long bytes = 0;
    int added = 0;
    int changed = 0;
    for (LayerItem item : items) {
      LayerEntry entry = item.entry();
      reserved.require(FileNames.resolve(root, entry.path()));
      if (tree.lstat(entry.path()).isEmpty()) {
        added++;
      } else if (!entry.isDirectory()) {
        changed++;
      }
      try (InputStream content = item.content().open()) {
        write(entry, content);
      }
      Path file = FileNames.resolve(root, entry.path());
      // What is kept out of the root is in the layer all the same.
      applied.add(
          entry.isFile() && !reserved.covers(file) ? new LayerItem(entry, Content.of(file)) : item);
      bytes += entry.size();
    }
    finish();
    return new Changeset(applied, added, changed, 0, bytes, directory);
  }

  /**
   * Sets what would not last while files are still written: owners, modes and times of directories.
   */
  void finish() throws IOException {
    for (Map.Entry<Path, FileTime> entry : times.entrySet()) {
      if (Files.isDirectory(entry.getKey(), LinkOption.NOFOLLOW_LINKS)) {
        MountStubs.setTime(entry.getKey(), entry.getValue());
      }
    }
    times.clear();
    List<Map.Entry<Path, LayerEntry>> deepestFirst = new ArrayList<>(directories.entrySet());
    Collections.reverse(deepestFirst);
    for (Map.Entry<Path, LayerEntry> entry : deepestFirst) {
      Path path = entry.getKey();
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        if (implied.contains(path)) {
          LooseEnds.markImplied(root, path);
        }
        if (merged.contains(path)) {
          EntryFiles.removeXattrs(path, entry.getValue());
        }
        EntryFiles.attributes(path, entry.getValue());
      }
    }
    directories.clear();
    implied.clear();
    merged.clear();
  }

  private void directory(Path path, LayerEntry entry) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      makeDirectory(path);
    } else if (whiteouts == Whiteouts.APPLY) {
      merged.add(path);
    }
    // The order of insertion is the order of parents and children.
    directories.remove(path);
    directories.put(path, entry);
    implied.remove(path);
  }

  /**
   * Makes a directory in the place of whatever is there.
   *
   * @return whether that was a whiteout
   */
  private boolean makeDirectory(Path path) throws IOException {
    boolean hidesLower = remove(path);
    Files.createDirectory(path);
    if (hidesLower) {
      NativeFiles.setOpaque(path);
    }
    return hidesLower;
  }

  private void link(Path path, LayerEntry entry) throws IOException {
    Path existing = find(entry.linkTarget());
    reserved.require(existing);
    Optional<FileStat> stat = FileStat.ofNullable(existing);
    if (stat.isEmpty() || isWhiteout(stat.get())) {
      if (whiteouts == Whiteouts.KEEP) {
        LooseEnds.markLink(root, path, entry.linkTarget());
        return;
      }
      throw new IOException(
          "tried to make the hard link /"
              + entry.path()
              + ", but its layer does not hold /"
              + entry.linkTarget());
    }
    Files.createLink(path, existing);
  }

  /**
   * A whiteout speaks of lower layers, wherever it stands in the tar: this layer's own entries
   * stay.
   */
  private void whiteout(String path) throws IOException {
    if (path.isEmpty()) {
      throw new IOException("tried to write a layer, but it deletes its root");
    }
    if (reserved.covers(FileNames.resolve(root, path))) {
      return;
    }
    Path file = locate(path);
    if (whiteouts == Whiteouts.APPLY) {
      hide(file);
      return;
    }
    Optional<FileStat> stat = FileStat.ofNullable(file);
    if (stat.isEmpty()) {
      NativeFiles.makeWhiteout(file);
    } else if (stat.get().isDirectory()) {
      NativeFiles.setOpaque(file);
      implied.remove(file);
    }
  }

  private void opaque(String path) throws IOException {
    if (reserved.covers(FileNames.resolve(root, path))) {
      return;
    }
    Path directory = resolveDirectory(path);
    if (whiteouts == Whiteouts.KEEP) {
      NativeFiles.setOpaque(directory);
      return;
    }
    for (String name : DirectoryTree.names(directory)) {
      hide(FileNames.resolve(directory, name));
    }
  }

  /** Deletes what lower layers have put at a path and below it. */
  private void hide(Path path) throws IOException {
    Optional<FileStat> stat = FileStat.ofNullable(path);
    if (stat.isEmpty() || reserved.covers(path)) {
      return;
    }
    if (stat.get().isDirectory()) {
      List<String> names = DirectoryTree.names(path);
      for (String name : names) {
        hide(FileNames.resolve(path, name));
      }
      if (!own.contains(path) && DirectoryTree.names(path).isEmpty()) {
        remove(path);
      }
    } else if (!own.contains(path)) {
      remove(path);
    }
  }

  /** Where an entry goes: its parents resolved below the root and made where they are missing. */
  Path locate(String path) throws IOException {
    return FileNames.resolve(resolveDirectory(Names.parent(path)), Names.base(path));
  }

  /** Where a path of the tree lies; nothing is made for it. */
  private Path find(String path) throws IOException {
    String parent = Names.parent(path);
    if (parent.isEmpty() || parents.containsKey(parent)) {
      return locate(path);
    }
    MergedTree tree = MergedTree.of(List.of(DirectoryTree.asItStands(root, reserved)));
    return FileNames.resolve(root, tree.resolve(path, false));
  }

  private Path resolveDirectory(String path) throws IOException {
    Path known = path.isEmpty() ? root : parents.get(path);
    if (known != null) {
      return known;
    }
    // Nearly always the parent is known and no symlink: one step.
    Path next = FileNames.resolve(resolveDirectory(Names.parent(path)), Names.base(path));
    Path directory =
        Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)
            ? next
            : ChrootPath.resolve(root, path, this::isWhiteout, this::implied);
    parents.put(path, directory);
    if (whiteouts == Whiteouts.APPLY
        && !directories.containsKey(directory)
        && !reserved.covers(directory)) {
      times.putIfAbsent(directory, FileStat.of(directory).mtime());
    }
    return directory;
  }

  private boolean isWhiteout(FileStat stat) {
    return whiteouts == Whiteouts.KEEP && stat.isOverlayWhiteout();
  }

  /** A parent that no entry has named: containerd and BuildKit make it 0755, owned by root. */
  private void implied(Path directory) throws IOException {
    boolean madeAnew = makeDirectory(directory);
    directories.put(directory, LayerEntry.directory("", 0755, 0, 0, 0));
    if (whiteouts == Whiteouts.KEEP && !madeAnew) {
      implied.add(directory);
    }
  }

  /**
   * Makes room.
   *
   * @return true when a whiteout was there: what comes in its place hides lower layers too
   */
  private boolean remove(Path path) throws IOException {
    Optional<FileStat> stat = FileStat.ofNullable(path);
    reserved.requireRemovable(path);
    if (stat.isEmpty()) {
      return false;
    }
    if (stat.get().isDirectory()) {
      Trees.delete(path);
      // Attributes that are still to be set must not be set through a symlink in its place.
      directories.keySet().removeIf(directory -> directory.startsWith(path));
      own.removeIf(file -> file.startsWith(path) && !file.equals(path));
      implied.removeIf(directory -> directory.startsWith(path));
      times.keySet().removeIf(directory -> directory.startsWith(path));
    } else {
      Files.delete(path);
    }
    if (stat.get().isDirectory() || stat.get().isSymlink()) {
      parents.clear();
    }
    return isWhiteout(stat.get());
  }
}
