package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.layer.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
      Path lockFile = parent.resolve(UUID.randomUUID().toString().substring(0, 8) + LOCK);
      Optional<FileChannel> channel = hold(lockFile, StandardOpenOption.CREATE_NEW);
      // Somebody who swept between the two calls has deleted the file that we hold.
      if (channel.isPresent() && Files.exists(lockFile)) {
        Path path = Files.createDirectory(directoryOf(lockFile));
        return new BuildDirectory(path, lockFile, channel.get());
      }
      if (channel.isPresent()) {
        release(lockFile, channel.get());
      }
    }
  }

  /**
   * Takes the lock of a file; empty if somebody else has it. The kernel knows one lock for each
   * process, and closing any channel of the process gives it up: so all of this is done by one
   * thread at a time, and never to a file that this process holds.
   */
  private static Optional<FileChannel> hold(Path lockFile, StandardOpenOption... options)
      throws IOException {
    synchronized (HELD) {
      if (HELD.contains(lockFile)) {
        return Optional.empty();
      }
      Set<StandardOpenOption> all = new HashSet<>(List.of(options));
      all.add(StandardOpenOption.WRITE);
      FileChannel channel = FileChannel.open(lockFile, all);
      boolean held = false;
      try {
        held = channel.tryLock() != null;
        if (held) {
          HELD.add(lockFile);
        }
        return held ? Optional.of(channel) : Optional.empty();
      } finally {
        if (!held) {
          channel.close();
        }
      }
    }
  }

  private static void release(Path lockFile, FileChannel channel) throws IOException {
    synchronized (HELD) {
      channel.close();
      HELD.remove(lockFile);
    }
  }

  private static Path directoryOf(Path lockFile) {
    String name = lockFile.getFileName().toString();
    return lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()));
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
    try {
      Trees.delete(path);
      Files.deleteIfExists(lockFile);
    } finally {
      release(lockFile, channel);
    }
  }

  /** When the oldest of the builds began that are running; empty if there are none. */
  static Optional<Instant> oldest(Path parent) throws IOException {
    Optional<Instant> oldest = Optional.empty();
    for (Path lockFile : locks(parent)) {
      Optional<Instant> begun =
          StoreInventory.attributes(lockFile).map(found -> found.lastModifiedTime().toInstant());
      boolean older = begun.isPresent() && (oldest.isEmpty() || begun.get().isBefore(oldest.get()));
      if (older && isRunning(lockFile)) {
        oldest = begun;
      }
    }
    return oldest;
  }

  private static boolean isRunning(Path lockFile) throws IOException {
    try {
      Optional<FileChannel> channel = hold(lockFile);
      if (channel.isPresent()) {
        release(lockFile, channel.get());
      }
      return channel.isEmpty();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  static void sweep(Path parent) throws IOException {
    for (Path lockFile : locks(parent)) {
      try {
        Optional<FileChannel> channel = hold(lockFile);
        if (channel.isPresent()) {
          new BuildDirectory(directoryOf(lockFile), lockFile, channel.get()).close();
        }
      } catch (FileSystemException e) {
        // Gone meanwhile, or files of a user namespace that we are not in: not ours to delete now.
      }
    }
  }

  private static List<Path> locks(Path parent) throws IOException {
    return StoreInventory.list(parent).stream()
        .filter(file -> file.toString().endsWith(LOCK))
        .toList();
  }
}
