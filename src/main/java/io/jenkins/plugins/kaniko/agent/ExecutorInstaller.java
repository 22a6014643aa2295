package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Keeps the executor on the agent, under its SHA-256: fetched once, checked before every start.
 * Versions that nobody has started for a month are deleted, with their {@link ClassArchive}s.
 */
final class ExecutorInstaller {
  static final String TEMPORARY = ".tmp";
  private static final String USED = ".used";
  private static final Duration KEPT = Duration.ofDays(30);
  private static final Duration KEPT_TEMPORARY = Duration.ofDays(1);
  private static final long POLL_MILLIS = 50;
  private static final int BUFFER = 256 * 1024;

  private final Path directory;

  ExecutorInstaller(Path directory) {
    this.directory = directory;
  }

  /**
   * Returns the path of the executor, and fetches it if it is missing or damaged.
   *
   * @param source read only then
   */
  Path install(String sha256, InputStream source) throws IOException, InterruptedException {
    String digest = sha256.toLowerCase(Locale.ROOT);
    if (!digest.matches("[0-9a-f]{64}")) {
      throw new AbortException("the controller names no SHA-256 of the executor; report this");
    }
    Path jar = directory.resolve(digest + ".jar");
    try {
      AgentHome.makePrivate(directory);
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(channel)) {
        if (!lock.isValid() || !isIntact(jar, digest)) {
          fetch(digest, source, jar);
        }
        touch(mark(jar));
        collect(jar);
      }
    } catch (java.nio.channels.ClosedByInterruptException
        | java.nio.channels.FileLockInterruptionException e) {
      throw new InterruptedException();
    } catch (AbortException e) {
      throw e;
    } catch (IOException e) {
      throw Failures.failure(
          "install the executor in " + directory,
          e,
          "check that the agent's root directory can be written to and is not full");
    }
    return jar;
  }

  /**
   * Waits for the lock, which is this JVM's, too: two threads of it never hold it at once. It saves
   * work only; without it each build would install a whole file of its own.
   */
  private static FileLock lock(FileChannel channel) throws IOException, InterruptedException {
    while (true) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Another build of this JVM has it.
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Whether a file is there and has this SHA-256. */
  static boolean isIntact(Path file, String digest) throws IOException {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && sha256(file).equals(digest);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return copy(in, OutputStream.nullOutputStream());
    }
  }

  /** The file whose time tells when a jar was last used: the jar's own is part of its archives. */
  private static Path mark(Path jar) {
    return jar.resolveSibling(jar.getFileName().toString().replace(".jar", USED));
  }

  private static void touch(Path file) throws IOException {
    Files.write(file, new byte[0]);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  private void fetch(String digest, InputStream source, Path jar) throws IOException {
    Path temporary = Files.createTempFile(directory, ".", TEMPORARY);
    try {
      String received;
      try (OutputStream out = Files.newOutputStream(temporary)) {
        received = copy(source, out);
      }
      if (!received.equals(digest)) {
        throw Failures.failure(
            "install the executor",
            "what the controller sent has another SHA-256 than it says",
            "start the build again, and reinstall the plugin if that does not help");
      }
      Files.move(
          temporary, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Returns the SHA-256 of what was copied. */
  static String copy(InputStream in, OutputStream out) throws IOException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IOException("this Java has no SHA-256", e);
    }
    byte[] buffer = new byte[BUFFER];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      sha256.update(buffer, 0, count);
      out.write(buffer, 0, count);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private void collect(Path used) throws IOException {
    Instant oldest = Instant.now().minus(KEPT);
    Instant oldestTemporary = Instant.now().minus(KEPT_TEMPORARY);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "*.{jar,jsa,used,tmp}")) {
      for (Path file : files) {
        Instant limit = file.toString().endsWith(TEMPORARY) ? oldestTemporary : oldest;
        if (!file.equals(used) && lastUse(file).isBefore(limit)) {
          Trees.delete(file);
        }
      }
    }
  }

  private static Instant lastUse(Path file) throws IOException {
    Path mark = mark(file);
    try {
      return Files.getLastModifiedTime(Files.exists(mark) ? mark : file).toInstant();
    } catch (NoSuchFileException e) {
      return Instant.now(); // An archive is made without the lock, and has moved away.
    }
  }
}
