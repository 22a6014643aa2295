package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.layer.Trees;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Directories that commands of several builds use one after the other or at once ({@code RUN
 * --mount=type=cache}):
 *
 * <pre>
 * mounts/NAMESPACE/HEX/0        the directory
 * mounts/NAMESPACE/HEX/0.lock   held by whoever uses it: shared or alone
 * mounts/NAMESPACE/HEX/1 ...    further ones, for users who want one of their own
 * </pre>
 *
 * <p>Locks are those of the kernel, so builds of other processes respect them and a killed build
 * gives them up. Safe for use by several threads.
 */
public final class CacheMounts {
  private static final long POLL_MILLIS = 50;

  /** The locks of this process: the kernel knows one for each file, however often it is opened. */
  private static final Map<Path, Held> HELD = new HashMap<>();

  private final Path directory;

  private CacheMounts(Path directory) {
    this.directory = directory;
  }

  /** How a directory is shared with other users of the same identity. */
  public enum Sharing {
    /** With everybody else who shares it. */
    SHARED,
    /** With nobody; another directory is used when this one is. */
    PRIVATE,
    /** With nobody; waits until it is free. */
    LOCKED
  }

  /** Fills a directory that has just been made. */
  @FunctionalInterface
  public interface Filler<E extends Exception> {
    void fill(Path directory) throws E, IOException, InterruptedException;
  }

  private static final class Held {
    private final FileChannel channel;
    private final boolean exclusive;
    private int users = 1;

    Held(FileChannel channel, boolean exclusive) {
      this.channel = channel;
      this.exclusive = exclusive;
    }
  }

  /** The right to use a directory, until it is closed. */
  public static final class Lease implements AutoCloseable {
    private final Path directory;
    private final Path lock;

    private Lease(Path directory, Path lock) {
      this.directory = directory;
      this.lock = lock;
    }

    public Path directory() {
      return directory;
    }

    @Override
    public void close() throws IOException {
      release(lock);
    }
  }

  /**
   * The directories of one namespace.
   *
   * @param namespace any text; builds of different ones share nothing
   */
  public static CacheMounts of(ContentStore store, String namespace) {
    String name = namespace.matches("[A-Za-z0-9_-]{1,60}") ? namespace : "." + hex(namespace);
    return new CacheMounts(store.directory().resolve("mounts").resolve(name));
  }

  /**
   * Gives the right to use a directory.
   *
   * @param identity equal for users of the same directory
   * @param filler called when it is new, before anybody else sees it
   * @param waiting called once if somebody else has to be waited for
   */
  public <E extends Exception> Lease lease(
      String identity, Sharing sharing, Filler<E> filler, Runnable waiting)
      throws E, IOException, InterruptedException {
    Path slots = Files.createDirectories(directory.resolve(hex(identity)));
    int number = 0;
    boolean told = false;
    while (true) {
      Path slot = slots.resolve(Integer.toString(number));
      Path lock = lockOf(slot);
      boolean there = Files.isDirectory(slot);
      boolean exclusive = sharing != Sharing.SHARED || !there;
      if (tryUse(lock, exclusive)) {
        if (!exclusive && !Files.isDirectory(slot)) {
          // Collected just now: to be made anew, by one.
          release(lock);
          continue;
        }
        if (make(slot, lock, filler) && sharing == Sharing.SHARED) {
          // Made alone; to be used together with others.
          release(lock);
        } else {
          return new Lease(slot, lock);
        }
      } else if (sharing == Sharing.PRIVATE) {
        number++;
      } else {
        if (!told) {
          waiting.run();
          told = true;
        }
        Thread.sleep(POLL_MILLIS);
      }
    }
  }

  /** Whether it had to be made. */
  private static <E extends Exception> boolean make(Path slot, Path lock, Filler<E> filler)
      throws E, IOException, InterruptedException {
    if (Files.isDirectory(slot)) {
      return false;
    }
    boolean made = false;
    try {
      Path fresh = slot.resolveSibling(slot.getFileName() + ".new");
      Trees.delete(fresh);
      Files.createDirectory(fresh);
      filler.fill(fresh);
      Files.move(fresh, slot, StandardCopyOption.ATOMIC_MOVE);
      made = true;
      return true;
    } finally {
      if (!made) {
        release(lock);
      }
    }
  }

  /** Acquires a lock for a user, or leaves it as it was. */
  private static boolean tryUse(Path lock, boolean exclusive) throws IOException {
    if (!tryAcquire(lock, exclusive)) {
      return false;
    }
    try {
      noteUse(lock);
      return true;
    } catch (IOException e) {
      release(lock);
      throw e;
    }
  }

  private static boolean tryAcquire(Path lock, boolean exclusive) throws IOException {
    synchronized (HELD) {
      Held held = HELD.get(lock);
      if (held != null) {
        if (held.exclusive || exclusive) {
          return false;
        }
        held.users++;
        return true;
      }
      FileChannel channel =
          FileChannel.open(
              lock, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      boolean kept = false;
      try {
        kept = channel.tryLock(0, Long.MAX_VALUE, !exclusive) != null;
        if (kept) {
          HELD.put(lock, new Held(channel, exclusive));
        }
        return kept;
      } finally {
        if (!kept) {
          channel.close();
        }
      }
    }
  }

  /**
   * The time of the lock says when the directory was last of use. It is set by writing: to set it
   * by name would open and close the file, and so give the kernel's lock up.
   */
  private static void noteUse(Path lock) throws IOException {
    synchronized (HELD) {
      HELD.get(lock).channel.truncate(0).write(ByteBuffer.wrap(new byte[] {'\n'}), 0);
    }
  }

  static Path lockOf(Path slot) {
    return slot.resolveSibling(slot.getFileName() + ".lock");
  }

  /**
   * Moves a directory away that nobody uses; the next user makes a new one.
   *
   * @param used when it was last of use, as far as the caller knows: if it was later, it stays
   */
  static boolean remove(Path slot, Instant used, Path target) throws IOException {
    Path lock = lockOf(slot);
    if (!tryAcquire(lock, true)) {
      return false;
    }
    try {
      if (Files.getLastModifiedTime(lock).toInstant().isAfter(used)) {
        return false;
      }
      Files.move(slot, target, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (FileSystemException e) {
      // Gone, or of a user namespace that this process is not in.
      return false;
    } finally {
      release(lock);
    }
  }

  private static void release(Path lock) throws IOException {
    synchronized (HELD) {
      Held held = HELD.get(lock);
      if (held != null && --held.users == 0) {
        HELD.remove(lock);
        held.channel.close();
      }
    }
  }

  private static String hex(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
