package io.jenkins.plugins.kaniko.executor.context;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.nio.file.Path;
import java.time.Instant;

/**
 * One file of a context as {@code lstat} saw it.
 *
 * @param path from the root of the context, separated by slashes, without a leading one; empty for
 *     the root itself. Bytes that are not UTF-8 stand as {@link FileNames} says
 * @param mode permission bits with setuid, setgid and sticky (07777), without the type
 * @param size bytes of content; of the target for a symlink
 * @param device the file system it lies on: hard links are alike in device and inode
 * @param rdev device number of a device file, else 0
 * @param linkTarget of a symlink, as stored; empty otherwise
 * @param file where to read it: keeps names that no string can spell
 */
public record ContextEntry(
    String path,
    Type type,
    int mode,
    long size,
    Instant mtime,
    int uid,
    int gid,
    long device,
    long inode,
    int nlink,
    long rdev,
    String linkTarget,
    Path file) {

  /** What {@code st_mode} says a file is. */
  public enum Type {
    REGULAR(0100000),
    DIRECTORY(0040000),
    SYMLINK(0120000),
    FIFO(0010000),
    SOCKET(0140000),
    CHAR_DEVICE(0020000),
    BLOCK_DEVICE(0060000);

    private static final int MASK = 0170000;
    private final int bits;

    Type(int bits) {
      this.bits = bits;
    }

    static Type of(int mode) {
      for (Type type : values()) {
        if (type.bits == (mode & MASK)) {
          return type;
        }
      }
      throw new IllegalArgumentException("no file has the mode " + Integer.toOctalString(mode));
    }
  }

  public boolean isDirectory() {
    return type == Type.DIRECTORY;
  }

  /** The last component of the path; empty for the root. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
