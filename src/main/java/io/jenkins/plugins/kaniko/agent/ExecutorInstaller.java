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
 * Versions that nobody has started for a month are deleted.
 */
final class ExecutorInstaller {
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
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
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

  private static boolean isIntact(Path jar, String digest) throws IOException {
    if (!Files.isRegularFile(jar, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(jar)) {
      return copy(in, OutputStream.nullOutputStream()).equals(digest);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void fetch(String digest, InputStream source, Path jar) throws IOException {
    Path temporary = Files.createTempFile(directory, ".", ".tmp");
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
  private static String copy(InputStream in, OutputStream out) throws IOException {
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
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{jar,tmp}")) {
      for (Path file : files) {
        Instant limit = file.toString().endsWith(".tmp") ? oldestTemporary : oldest;
        if (!file.equals(used) && Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
