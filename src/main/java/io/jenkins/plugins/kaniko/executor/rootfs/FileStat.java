package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/**
 * One lstat(2).
 *
 * @param mode type and permission bits as in st_mode
 * @param mtime with nanoseconds, as {@code ctime}
 */
record FileStat(
    int mode,
    long inode,
    int nlink,
    long uid,
    long gid,
    long rdev,
    long size,
    FileTime mtime,
    FileTime ctime) {
  private static final String ATTRIBUTES =
      "unix:mode,ino,nlink,uid,gid,rdev,size,lastModifiedTime,ctime";
  private static final int TYPE_MASK = 0170000;

  static FileStat of(Path path) throws IOException {
    Map<String, Object> a = Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    return new FileStat(
        (Integer) a.get("mode"),
        (Long) a.get("ino"),
        (Integer) a.get("nlink"),
        Integer.toUnsignedLong((Integer) a.get("uid")),
        Integer.toUnsignedLong((Integer) a.get("gid")),
        (Long) a.get("rdev"),
        (Long) a.get("size"),
        (FileTime) a.get("lastModifiedTime"),
        (FileTime) a.get("ctime"));
  }

  /** Empty where nothing is, also below a file. */
  static Optional<FileStat> ofNullable(Path path) throws IOException {
    try {
      return Optional.of(of(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (java.nio.file.FileSystemException e) {
      // ENOTDIR has no exception of its own, and its text depends on the locale.
      if (!Files.isDirectory(path.toAbsolutePath().getParent())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  int permissions() {
    return mode & 07777;
  }

  boolean isDirectory() {
    return (mode & TYPE_MASK) == 0040000;
  }

  boolean isSymlink() {
    return (mode & TYPE_MASK) == 0120000;
  }

  boolean isFile() {
    return (mode & TYPE_MASK) == 0100000;
  }

  boolean isSocket() {
    return (mode & TYPE_MASK) == 0140000;
  }

  /** Overlay's sign of a deleted path: character device 0:0. */
  boolean isOverlayWhiteout() {
    return (mode & TYPE_MASK) == 0020000 && rdev == 0;
  }

  int major() {
    return (int) (((rdev >> 8) & 0xfff) | ((rdev >> 32) & ~0xfff));
  }

  int minor() {
    return (int) ((rdev & 0xff) | ((rdev >> 12) & ~0xff));
  }

  long seconds() {
    return Math.floorDiv(mtime.to(java.util.concurrent.TimeUnit.MICROSECONDS), 1_000_000L);
  }

  /** As a layer would hold it; sockets have no place in a layer. */
  LayerEntry toEntry(String path, Path file, Map<String, byte[]> xattrs) throws IOException {
    EntryType type =
        switch (mode & TYPE_MASK) {
          case 0040000 -> EntryType.DIRECTORY;
          case 0120000 -> EntryType.SYMLINK;
          case 0020000 -> EntryType.CHAR_DEVICE;
          case 0060000 -> EntryType.BLOCK_DEVICE;
          case 0010000 -> EntryType.FIFO;
          case 0100000 -> EntryType.FILE;
          default ->
              throw new UncheckedIOException(
                  new IOException("tried to put /" + path + " into a layer, but it is a socket"));
        };
    boolean device = type == EntryType.CHAR_DEVICE || type == EntryType.BLOCK_DEVICE;
    return new LayerEntry(
        path,
        type,
        permissions(),
        uid,
        gid,
        type == EntryType.FILE ? size : 0,
        seconds(),
        type == EntryType.SYMLINK ? linkTarget(file) : "",
        device ? major() : 0,
        device ? minor() : 0,
        xattrs);
  }

  static String linkTarget(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    String text = target.toString();
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    StringBuilder name = new StringBuilder(target.isAbsolute() ? "/" : "");
    for (int i = 0; i < target.getNameCount(); i++) {
      name.append(i == 0 ? "" : "/").append(FileNames.of(target.getName(i)));
    }
    return name.toString();
  }
}
