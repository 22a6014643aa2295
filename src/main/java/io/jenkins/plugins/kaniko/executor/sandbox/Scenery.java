package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files and directories that stand in a root for the time of one command, in place of its own,
 * which come back afterwards. No mounts are needed.
 */
final class Scenery implements AutoCloseable {
  /** The original is at {@code held}, if there was any. */
  private record Piece(Path place, Path held) {}

  private final Path root;
  private final Path wings;
  private final Deque<Piece> pieces = new ArrayDeque<>();

  /** Mounted files by their own content. */
  private final Map<Path, byte[]> lent = new LinkedHashMap<>();

  /**
   * @param root real path of the root
   * @param wings a new directory on the same file system, for the originals
   */
  Scenery(Path root, Path wings) throws IOException {
    this.root = root;
    this.wings = Files.createDirectory(wings);
  }

  /** Puts an empty directory in place. */
  void directory(String target) throws IOException {
    Path place = setAside(target);
    FileTime time = Files.getLastModifiedTime(place.getParent());
    Files.createDirectory(place);
    Files.setAttribute(place, "unix:mode", 0755);
    setTime(place.getParent(), time);
  }

  /** Puts a file in place. */
  void file(String target, byte[] content, int mode, int uid, int gid) throws IOException {
    Path place = setAside(target);
    FileTime time = Files.getLastModifiedTime(place.getParent());
    Files.createFile(place);
    Files.setAttribute(place, "unix:mode", 0600);
    Files.write(place, content);
    Files.setAttribute(place, "unix:uid", uid);
    Files.setAttribute(place, "unix:gid", gid);
    Files.setAttribute(place, "unix:mode", mode & 07777);
    setTime(place.getParent(), time);
  }

  /** Gives a file that is mounted there other content. */
  void content(String target, byte[] content) throws IOException {
    Path place = root.resolve(target.substring(1));
    byte[] own = Files.readAllBytes(place);
    if (!Arrays.equals(own, content)) {
      lent.put(place, own);
      Files.write(place, content);
    }
  }

  /** Brings the originals back, wherever the way to them is still there. */
  @Override
  public void close() throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      for (Map.Entry<Path, byte[]> mounted : lent.entrySet()) {
        Files.write(mounted.getKey(), mounted.getValue());
      }
      while (!pieces.isEmpty()) {
        Piece piece = pieces.pop();
        Path parent = piece.place().getParent();
        if (!Files.isDirectory(parent) || !parent.toRealPath().equals(parent)) {
          // The command has put something else there, which now is what the image has.
          continue;
        }
        FileTime time = Files.getLastModifiedTime(parent, LinkOption.NOFOLLOW_LINKS);
        HostTools.run(List.of("rm", "-rf", "--one-file-system", piece.place().toString()));
        if (Files.exists(piece.held(), LinkOption.NOFOLLOW_LINKS)) {
          Files.move(piece.held(), piece.place());
        }
        setTime(parent, time);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** No component may be a link: an image could lead a file elsewhere by one. */
  private Path setAside(String target) throws IOException {
    Path place = root;
    for (Path name : Path.of(target).normalize()) {
      if (!place.equals(root) && !Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(place);
      }
      place = place.resolve(name);
      if (Files.isSymbolicLink(place)) {
        throw new IOException(
            "the mount point "
                + target
                + " of the root passes through the symbolic link /"
                + root.relativize(place));
      }
    }
    FileTime time = Files.getLastModifiedTime(place.getParent());
    Path held = wings.resolve(Integer.toString(pieces.size()));
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(place, held);
      setTime(place.getParent(), time);
    }
    pieces.push(new Piece(place, held));
    return place;
  }

  private static void setTime(Path path, FileTime time) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(time, null, null);
  }
}
