package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.Trees;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import io.jenkins.plugins.kaniko.executor.sandbox.MountTable;
import io.jenkins.plugins.kaniko.executor.sandbox.OwnImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The root of this container as the root of one stage after the other. What is mounted, what
 * belongs to the executor's image and every file that was there before stays; all else is what a
 * build has put there, and is deleted. A record of what was there before tells the two apart when a
 * build was killed.
 */
public final class InPlace implements AutoCloseable {
  /** What is mounted at the moment. */
  @FunctionalInterface
  interface Mounts {
    Set<Path> points() throws IOException;
  }

  private final Path root;
  private final Mounts mounts;
  private final Set<Path> kept;
  private final Path record;
  private final FileChannel channel;

  /** Ends a record: no name is empty, and a record without it was not finished. */
  private static final String END = "\0\0";

  /** Made by engines for a container, not by somebody. */
  private static final List<String> OF_ENGINES =
      List.of(".dockerenv", "run/.containerenv", "etc/mtab");

  /** Directories that were there before, parents first; they come back. */
  private final Map<Path, LayerEntry> directories = new LinkedHashMap<>();

  private InPlace(Path root, Mounts mounts, Collection<Path> kept, Path record) throws IOException {
    this.root = root;
    this.mounts = mounts;
    this.kept = new TreeSet<>(kept);
    this.record = record;
    this.channel =
        FileChannel.open(
            record, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * Takes the root of this container.
   *
   * @param kept further paths that are not the root's own
   * @throws IOException also when another build has it
   */
  public static InPlace open(Collection<Path> kept) throws IOException {
    List<Path> all = new ArrayList<>(kept);
    all.addAll(OwnImage.directories());
    return open(Path.of("/"), MountTable::points, all, OwnImage.record());
  }

  static InPlace open(Path root, Mounts mounts, Collection<Path> kept, Path record)
      throws IOException {
    InPlace place = new InPlace(root, mounts, kept, record);
    try {
      place.begin();
      return place;
    } catch (IOException e) {
      place.channel.close();
      throw e;
    }
  }

  /**
   * Empties the root and fills it anew; parameters as of {@link RootFilesystems#directory}.
   *
   * @throws ReservedPathException when the layers hold something that has no place here
   */
  public RootFilesystem fill(List<PackedLayer> layers, List<String> ignoredPaths)
      throws IOException {
    ReservedPaths reserved = reserved();
    empty(root, reserved);
    return new DirectoryRoot(root, layers, ChangeCollector.below(ignoredPaths), reserved);
  }

  /** What a command writes here is in no layer; without what is so in every container. */
  public List<String> reservedPaths() throws IOException {
    return reserved().outermost().stream()
        .filter(path -> !path.equals(record.getParent()))
        .map(FileNames::target)
        .toList();
  }

  /** Deletes what builds have left and gives the root back. */
  @Override
  public void close() throws IOException {
    try (channel) {
      empty(root, reserved());
      for (Path directory : directories.keySet()) {
        if (!Files.exists(directory)) {
          Files.createDirectory(directory);
        }
      }
      List<Map.Entry<Path, LayerEntry>> deepestFirst = new ArrayList<>(directories.entrySet());
      Collections.reverse(deepestFirst);
      for (Map.Entry<Path, LayerEntry> directory : deepestFirst) {
        EntryFiles.attributes(directory.getKey(), directory.getValue());
      }
      Files.delete(record);
    }
  }

  private void begin() throws IOException {
    try {
      if (channel.tryLock() == null) {
        throw busy();
      }
    } catch (java.nio.channels.OverlappingFileLockException e) {
      throw busy();
    }
    kept.add(record);
    ByteBuffer written = ByteBuffer.allocate((int) channel.size());
    while (written.hasRemaining() && channel.read(written) >= 0) {}
    String names = FileNames.decode(written.array());
    List<Path> found = new ArrayList<>();
    if (names.endsWith(END)) {
      for (String name : names.split("\0", -1)) {
        if (!name.isEmpty()) {
          found.add(FileNames.resolve(Path.of("/"), name.substring(1)));
        }
      }
    } else {
      // Nothing is filled before the record is whole.
      remember(root);
      find(root, reserved(), found);
      write(found);
    }
    kept.addAll(found);
  }

  private void write(List<Path> found) throws IOException {
    String names = found.stream().map(FileNames::target).collect(Collectors.joining("\0"));
    ByteBuffer bytes = ByteBuffer.wrap(FileNames.encode(names + END));
    channel.truncate(0).position(0);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  private static IOException busy() {
    return new IOException(
        "tried to build in place, but another build is at it in this container; try again when it"
            + " has ended, or start another container");
  }

  /** Files that someone has put there; what engines make is mounted, or has a known name. */
  private void find(Path directory, ReservedPaths reserved, List<Path> found) throws IOException {
    for (String name : DirectoryTree.names(directory)) {
      Path path = FileNames.resolve(directory, name);
      if (reserved.contains(path)) {
        continue;
      }
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        remember(path);
        find(path, reserved, found);
      } else if (OF_ENGINES.stream().noneMatch(made -> path.equals(root.resolve(made)))) {
        found.add(path);
      }
    }
  }

  private void remember(Path directory) throws IOException {
    FileStat stat = FileStat.of(directory);
    directories.put(
        directory,
        LayerEntry.directory(
            root.relativize(directory).toString(),
            stat.permissions(),
            stat.uid(),
            stat.gid(),
            stat.seconds()));
  }

  private ReservedPaths reserved() throws IOException {
    Set<Path> paths = new TreeSet<>(kept);
    paths.addAll(mounts.points());
    return new ReservedPaths(root, paths);
  }

  private static void empty(Path directory, ReservedPaths reserved) throws IOException {
    for (String name : DirectoryTree.names(directory)) {
      Path path = FileNames.resolve(directory, name);
      if (reserved.contains(path)) {
        continue;
      }
      if (reserved.holds(path)) {
        empty(path, reserved);
      } else {
        Trees.delete(path);
      }
    }
  }
}
