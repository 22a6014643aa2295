package io.jenkins.plugins.kaniko.executor.source;

import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Writes files of a stranger into a directory of ours. Nothing is ever written through a symlink:
 * whatever is above a new file is a directory that was made here. Paths are relative, separated by
 * slashes.
 */
final class PlainTree {
  private static final int MAX_ENTRIES = 4_000_000;
  private static final int MAX_PATH = 4095;

  private final Path root;
  private final boolean replacing;
  private final Set<String> directories = new HashSet<>();
  private final Map<String, Attributes> attributes = new TreeMap<>();
  private int entries;

  private record Attributes(int mode, long mtime) {}

  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * @param root empty directory
   * @param replacing a later entry takes the place of an earlier one of its name, and parents that
   *     are missing are made; otherwise both are errors
   */
  PlainTree(Path root, boolean replacing) {
    this.root = root;
    this.replacing = replacing;
    directories.add("");
  }

  void directory(String path, int mode, long mtime) throws SourceException, IOException {
    if (!directories.contains(path)) {
      Path place = place(path);
      Files.createDirectory(place);
      directories.add(path);
    } else if (!replacing) {
      throw refused(path, "there are two of that name");
    }
    // Until the end it has to be writable.
    attributes.put(path, new Attributes(mode, mtime));
  }

  void file(String path, int mode, long mtime, Content content)
      throws SourceException, IOException {
    Path place = place(path);
    try (OutputStream out =
        Files.newOutputStream(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(out);
    }
    Files.setAttribute(place, "unix:mode", mode);
    Files.setLastModifiedTime(place, FileTime.from(mtime, TimeUnit.SECONDS));
  }

  void symlink(String path, String target, long mtime) throws SourceException, IOException {
    if (target.isEmpty() || target.indexOf('\0') >= 0 || !FileNames.isText(target)) {
      throw refused(path, "it is a symlink without a sound target");
    }
    Path place = place(path);
    Files.createSymbolicLink(place, Path.of(target));
    FileTime time = FileTime.from(mtime, TimeUnit.SECONDS);
    Files.getFileAttributeView(place, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(time, null, null);
  }

  /** Another name of a file that was written before. */
  void hardlink(String path, String target) throws SourceException, IOException {
    Path existing = FileNames.resolve(root, target);
    if (!directories.contains(Names.parent(target))
        || !Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(path, "it is a hard link to what is not there");
    }
    if (!path.equals(target)) {
      Files.createLink(place(path), existing);
    }
  }

  /** Sets modes and times of directories, the deepest first. */
  void finish() throws IOException {
    for (String path : ((TreeMap<String, Attributes>) attributes).descendingKeySet()) {
      Path place = FileNames.resolve(root, path);
      Files.setAttribute(place, "unix:mode", attributes.get(path).mode());
      Files.setLastModifiedTime(
          place, FileTime.from(attributes.get(path).mtime(), TimeUnit.SECONDS));
    }
  }

  /** Where a new entry goes, with nothing there yet. */
  private Path place(String path) throws SourceException, IOException {
    if (++entries > MAX_ENTRIES) {
      throw refused(path, "there are more than 4,000,000 files");
    }
    if (path.length() > MAX_PATH || path.indexOf('\0') >= 0) {
      throw refused(path, "the path is too long or has a NUL in it");
    }
    parent(Names.parent(path));
    Path place = FileNames.resolve(root, path);
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      if (!replacing || directories.contains(path)) {
        throw refused(path, "there are two of that name");
      }
      Files.delete(place);
    }
    return place;
  }

  private void parent(String path) throws SourceException, IOException {
    if (directories.contains(path)) {
      return;
    }
    parent(Names.parent(path));
    Path place = FileNames.resolve(root, path);
    if (!replacing || Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(path, "files lie below it and it is no directory");
    }
    Files.createDirectory(place);
    directories.add(path);
  }

  private static SourceException refused(String path, String reason) {
    String shown = path.length() > 100 ? path.substring(0, 100) + "..." : path;
    return new SourceException(
        "tried to write "
            + shown.replaceAll("\\p{Cntrl}", "?")
            + ", but "
            + reason
            + "; the source is damaged or hostile");
  }
}
