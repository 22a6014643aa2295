package io.jenkins.plugins.kaniko.executor.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lists what is in a store. The size of a tree is measured once and kept beside it; that of a cache
 * mount is measured when it has been used.
 */
final class StoreInventory {
  private static final Map<String, StoreEntry.Kind> FILES =
      Map.of(
          "blobs/sha256",
          StoreEntry.Kind.LAYER,
          "indexes",
          StoreEntry.Kind.INDEX,
          "records",
          StoreEntry.Kind.RECORD,
          "hints",
          StoreEntry.Kind.HINT);
  private static final String SIZE = ".size";

  private final Path directory;
  private final List<StoreEntry> entries = new ArrayList<>();

  private StoreInventory(Path directory) {
    this.directory = directory;
  }

  /** All that is there, in no order; what goes away meanwhile is left out. */
  static List<StoreEntry> of(Path directory) throws IOException {
    StoreInventory inventory = new StoreInventory(directory);
    for (Map.Entry<String, StoreEntry.Kind> each : FILES.entrySet()) {
      for (Path file : list(directory.resolve(each.getKey()))) {
        inventory.add(
            each.getValue(),
            file,
            attributes(file),
            attributes(file).map(BasicFileAttributes::size));
      }
    }
    for (Path tree : list(directory.resolve("trees"))) {
      inventory.tree(tree);
    }
    for (Path namespace : list(directory.resolve("mounts"))) {
      for (Path mount : list(namespace)) {
        for (Path file : list(mount)) {
          if (file.getFileName().toString().matches("[0-9]+")) {
            inventory.mount(file);
          }
        }
      }
    }
    return inventory.entries;
  }

  private void tree(Path tree) throws IOException {
    Path used = ContentStore.useOf(directory, tree.getFileName().toString());
    Optional<BasicFileAttributes> marked = attributes(used);
    Path size = used.resolveSibling(used.getFileName() + SIZE);
    add(
        StoreEntry.Kind.TREE,
        tree,
        marked.isPresent() ? marked : attributes(tree),
        Optional.of(remembered(size, tree, "")));
  }

  private void mount(Path slot) throws IOException {
    Optional<BasicFileAttributes> lock = attributes(CacheMounts.lockOf(slot));
    if (lock.isPresent()) {
      Path size = slot.resolveSibling(slot.getFileName() + SIZE);
      String state = " " + lock.get().lastModifiedTime().toMillis();
      add(StoreEntry.Kind.MOUNT, slot, lock, Optional.of(remembered(size, slot, state)));
    }
  }

  private void add(
      StoreEntry.Kind kind, Path path, Optional<BasicFileAttributes> marked, Optional<Long> bytes) {
    if (marked.isPresent() && bytes.isPresent()) {
      Instant used = marked.get().lastModifiedTime().toInstant();
      entries.add(new StoreEntry(kind, path, used, bytes.get()));
    }
  }

  /**
   * The size of a tree of files.
   *
   * @param state that a size goes with; another one is measured anew
   */
  private static long remembered(Path file, Path tree, String state) throws IOException {
    try {
      String text = Files.readString(file, StandardCharsets.US_ASCII);
      if (text.matches("[0-9]{1,18}" + state + "\n")) {
        return Long.parseLong(text.substring(0, text.length() - state.length() - 1));
      }
    } catch (NoSuchFileException e) {
      // Measured now.
    }
    Measure measure = new Measure();
    Files.walkFileTree(tree, measure);
    if (measure.whole) {
      Files.writeString(file, measure.bytes + state + "\n");
    }
    return measure.bytes;
  }

  /** How many files and bytes a tree has; empty if some of it may not be seen. */
  static Optional<String> count(Path tree) throws IOException {
    Measure measure = new Measure();
    Files.walkFileTree(tree, measure);
    return measure.whole
        ? Optional.of(measure.names + " " + measure.bytesOfNames)
        : Optional.empty();
  }

  static List<Path> list(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[!.]*")) {
      files.forEach(found::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Adds up sizes; what may not be seen in this user namespace counts nothing. */
  private static final class Measure extends SimpleFileVisitor<Path> {
    private final Set<Object> inodes = new HashSet<>();
    private long names;
    private long bytesOfNames;
    private long bytes;
    private boolean whole = true;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      names++;
      bytesOfNames += attributes.size();
      // A file takes its space once, whatever names it has.
      if (inodes.add(attributes.fileKey())) {
        bytes += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      // Also when it has gone: what goes away meanwhile is not the size of the tree.
      whole = false;
      return FileVisitResult.CONTINUE;
    }
  }
}
