package io.jenkins.plugins.kaniko.executor.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Mount points that a root directory lacks, made before a command runs and taken away after it, so
 * that neither they nor the times of their parents enter a layer.
 */
final class MountStubs {
  private record Stub(Path path, FileStat stat) {}

  private final Deque<Stub> stubs = new ArrayDeque<>();

  /** Makes an empty directory or file; its parent exists. */
  void create(Path path, boolean directory) throws IOException {
    FileTime before = FileStat.of(path.getParent()).mtime();
    if (directory) {
      Files.createDirectory(path);
      Files.setAttribute(path, "unix:mode", 0755);
    } else {
      Files.createFile(path);
      Files.setAttribute(path, "unix:mode", 0644);
    }
    stubs.push(new Stub(path, FileStat.of(path)));
    setTime(path.getParent(), before);
  }

  /** Takes away every stub that is still as it was made; what a command has put there stays. */
  void remove() throws IOException {
    while (!stubs.isEmpty()) {
      Stub stub = stubs.pop();
      Optional<FileStat> now = FileStat.ofNullable(stub.path());
      if (now.isEmpty() || !isUntouched(stub, now.get())) {
        continue;
      }
      FileTime parentTime = FileStat.of(stub.path().getParent()).mtime();
      Files.delete(stub.path());
      setTime(stub.path().getParent(), parentTime);
    }
  }

  private static boolean isUntouched(Stub stub, FileStat now) throws IOException {
    boolean same =
        now.inode() == stub.stat().inode()
            && now.mode() == stub.stat().mode()
            && now.uid() == stub.stat().uid()
            && now.gid() == stub.stat().gid();
    return same
        && (now.isDirectory() ? DirectoryTree.names(stub.path()).isEmpty() : now.size() == 0);
  }

  static void setTime(Path path, FileTime time) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(time, null, null);
  }
}
