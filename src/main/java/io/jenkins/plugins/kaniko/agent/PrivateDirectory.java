package io.jenkins.plugins.kaniko.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A directory of one build: 0700, with files of 0600, that ends with its owner. While its JVM lives
 * it holds a lock in it; what a SIGKILL leaves is found by {@link #sweep}.
 */
final class PrivateDirectory implements AutoCloseable {
  private static final String OWNER = "owner";
  private static final String LOCK = "lock";
  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(AgentHome.PRIVATE);

  private final Path path;
  private final FileChannel lock;

  private PrivateDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Makes one that is named after the build; a second one of the same build gets a number. */
  static PrivateDirectory create(Path parent, String buildId) throws IOException {
    String name = buildId.replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[.-]+", "");
    name = name.isEmpty() ? "build" : name.substring(0, Math.min(name.length(), 100));
    Path path = parent.resolve(name);
    // Has the agent load what deleting takes: once it has lost its controller, it cannot fetch it.
    Trees.delete(parent.resolve(name + ".none"));
    for (int number = 2; ; number++) {
      try {
        Files.createDirectory(path, DIRECTORY);
        return own(path);
      } catch (FileAlreadyExistsException e) {
        path = parent.resolve(name + "-" + number);
      }
    }
  }

  private static PrivateDirectory own(Path path) throws IOException {
    try {
      FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK),
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              FILE);
      PrivateDirectory directory = new PrivateDirectory(path, channel);
      try {
        channel.lock();
        directory.write(OWNER, Owner.current().format().getBytes(StandardCharsets.US_ASCII));
        return directory;
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      Trees.delete(path);
      throw e;
    }
  }

  Path path() {
    return path;
  }

  /** Writes a new file, which is never readable by others and never replaces or follows one. */
  Path write(String name, byte[] content) throws IOException {
    Path file = path.resolve(name);
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options, FILE)) {
      java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
    return file;
  }

  /** Deletes it with all that is in it. */
  @Override
  public void close() throws IOException {
    try {
      Trees.delete(path);
    } finally {
      lock.close();
    }
  }

  /** Deletes the directories of dead owners. */
  static void sweep(Path parent) throws IOException {
    if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent)) {
      for (Path directory : directories) {
        // Anything else is not ours: ..data of a mounted secret, somebody's own files.
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(directory.resolve(OWNER), LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(directory.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)
            && isAbandoned(directory)) {
          Trees.delete(directory);
        }
      }
    }
  }

  private static boolean isAbandoned(Path directory) {
    try {
      Owner owner = Owner.parse(Files.readString(directory.resolve(OWNER)));
      // Where the process number tells, the lock is left alone: closing any channel of a file
      // drops every lock that this process has on it.
      return owner.isFromHere() ? !owner.isAlive() : isUnlocked(directory.resolve(LOCK));
    } catch (IOException e) {
      return false; // Somebody else's, or gone in the meantime.
    }
  }

  private static boolean isUnlocked(Path file) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }
}
