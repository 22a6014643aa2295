package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Makes single files of layer entries, with all their attributes, where nothing is yet. */
final class EntryFiles {
  private static final long LARGE = 64L << 20;
  private static final byte[] ZEROS = new byte[64 * 1024];

  private final boolean predictable;
  private final byte[] buffer = new byte[ZEROS.length];
  private FileStat fresh;

  /**
   * @param predictable true when every new file gets the same owner and mode by itself
   */
  EntryFiles(boolean predictable) {
    this.predictable = predictable;
  }

  /**
   * Writes a file that is not there yet.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something is
   */
  void file(Path path, LayerEntry entry, InputStream content) throws IOException {
    try (SeekableByteChannel out =
        Files.newByteChannel(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      requireSpace(path, entry);
      long written = 0;
      int n;
      do {
        n = content.readNBytes(buffer, 0, buffer.length);
        written += n;
        if (isHole(n) && written < entry.size()) {
          out.position(written);
        } else {
          write(out, n);
        }
      } while (n == buffer.length);
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
    newFileAttributes(path, entry);
  }

  /** True where nothing has to be written: a hole reads as zeros, and takes no room. */
  private boolean isHole(int length) {
    return length == buffer.length && buffer[0] == 0 && Arrays.equals(buffer, ZEROS);
  }

  private void write(SeekableByteChannel out, int length) throws IOException {
    for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length); bytes.hasRemaining(); ) {
      out.write(bytes);
    }
  }

  /** Says that a disk is too small before it is full. */
  private static void requireSpace(Path path, LayerEntry entry) throws IOException {
    if (entry.size() < LARGE) {
      return;
    }
    long free = Files.getFileStore(path).getUsableSpace();
    if (entry.size() > free) {
      throw new IOException(
          "tried to write the "
              + entry.size()
              + " bytes of /"
              + entry.path()
              + ", but only "
              + free
              + " are free (No space left on device)");
    }
  }

  private void newFileAttributes(Path path, LayerEntry entry) throws IOException {
    // What a new file has by itself is as good as set.
    if (fresh == null) {
      fresh = FileStat.of(path);
    }
    if (!predictable || entry.uid() != fresh.uid() || entry.gid() != fresh.gid()) {
      owner(path, entry);
    }
    if (!predictable || entry.mode() != fresh.permissions()) {
      Files.setAttribute(path, "unix:mode", entry.mode());
    }
    xattrs(path, entry);
    time(path, entry.mtime());
  }

  /** The JDK normalises paths: a target with a slash too many needs the system call itself. */
  void symlink(Path path, LayerEntry entry) throws IOException {
    String target = entry.linkTarget();
    if (!target.isEmpty()
        && FileNames.isText(target)
        && Path.of(target).toString().equals(target)) {
      Files.createSymbolicLink(path, Path.of(target));
    } else {
      NativeFiles.makeSymlink(path, FileNames.encode(target));
    }
    owner(path, entry);
    time(path, entry.mtime());
  }

  /** Devices and fifos; a device is left out where the user namespace forbids to make it. */
  void special(Path path, LayerEntry entry) throws IOException {
    int type =
        switch (entry.type()) {
          case CHAR_DEVICE -> 0020000;
          case BLOCK_DEVICE -> 0060000;
          default -> 0010000;
        };
    try {
      NativeFiles.makeNode(path, type | 0600, entry.major(), entry.minor());
    } catch (IOException e) {
      if (type != 0010000 && NativeFiles.isNotPermitted(e)) {
        return;
      }
      throw e;
    }
    owner(path, entry);
    Files.setAttribute(path, "unix:mode", entry.mode());
    NativeFiles.setTime(path, entry.mtime());
  }

  /** Sets what a directory cannot have while files are still written below it. */
  static void attributes(Path directory, LayerEntry entry) throws IOException {
    owner(directory, entry);
    Files.setAttribute(directory, "unix:mode", entry.mode());
    xattrs(directory, entry);
    time(directory, entry.mtime());
  }

  /** Takes away the extended attributes that a directory has and an entry does not give it. */
  static void removeXattrs(Path directory, LayerEntry entry) throws IOException {
    for (String name : NativeFiles.xattrs(directory).keySet()) {
      if (!entry.xattrs().containsKey(name)) {
        NativeFiles.removeXattr(directory, name);
      }
    }
  }

  private static void owner(Path path, LayerEntry entry) throws IOException {
    try {
      // chown clears setuid, so the mode is set after it
      Files.setAttribute(path, "unix:uid", (int) entry.uid(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", (int) entry.gid(), LinkOption.NOFOLLOW_LINKS);
    } catch (FileSystemException e) {
      throw new IOException(
          "tried to give /"
              + entry.path()
              + " to "
              + entry.uid()
              + ":"
              + entry.gid()
              + ", but: "
              + e.getReason()
              + "; an ordinary user owns the ids that /etc/subuid and /etc/subgid grant, and no"
              + " others",
          e);
    }
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
    if (NativeFiles.isLoaded()) {
      // One system call instead of the four of the JDK, which looks, opens, sets and closes.
      NativeFiles.setTime(path, seconds);
      return;
    }
    FileTime time = FileTime.from(seconds, TimeUnit.SECONDS);
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(time, time, null);
  }
}
