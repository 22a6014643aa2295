package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.layer.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory that lives as long as one build. The build holds a lock beside it, so that whoever
 * comes later can tell what a killed build has left, and deletes it.
 */
public final class BuildDirectory implements AutoCloseable {
  private static final String LOCK = ".lock";
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final Path lockFile;
  private final FileChannel channel;

  private BuildDirectory(Path path, Path lockFile, FileChannel channel) {
    this.path = path;
    this.lockFile = lockFile;
    this.channel = channel;
  }

  static BuildDirectory create(Path parent) throws IOException {
    sweep(parent);
    while (true) {
      String id = UUID.randomUUID().toString().substring(0, 8);
      Path lockFile = parent.resolve(id + LOCK);
      FileChannel channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      channel.lock();
      // Somebody who swept between the two calls has deleted the file that we hold.
      if (Files.exists(lockFile)) {
        HELD.add(lockFile);
        return new BuildDirectory(Files.createDirectory(parent.resolve(id)), lockFile, channel);
      }
      channel.close();
    }
  }

  /** Empty at first. */
  public Path path() {
    return path;
  }

  /** Deletes the directory with all that is in it. */
  @Override
  public void close() throws IOException {
    // The lock file goes last: as long as it is there, the next build finds what could not be
    // deleted.
    try (channel) {
      Trees.delete(path);
      Files.deleteIfExists(lockFile);
    } finally {
      HELD.remove(lockFile);
    }
  }

  static void sweep(Path parent) throws IOException {
    List<Path> locks = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(parent, "*" + LOCK)) {
      files.forEach(locks::add);
    }
    // Closing another channel to a file of our own would give up the lock on it.
    locks.removeAll(HELD);
    for (Path lockFile : locks) {
      try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock != null) {
          String name = lockFile.getFileName().toString();
          Trees.delete(parent.resolve(name.substring(0, name.length() - LOCK.length())));
          Files.deleteIfExists(lockFile);
        }
      } catch (FileSystemException e) {
        // Gone meanwhile, or files of a user namespace that we are not in: not ours to delete now.
      }
    }
  }
}
