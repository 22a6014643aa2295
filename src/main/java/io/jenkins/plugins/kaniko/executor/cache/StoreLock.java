package io.jenkins.plugins.kaniko.executor.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps those who look for an entry of a store and those who take one away from each other, for the
 * moment that either of them needs.
 */
final class StoreLock {
  private final Path file;

  StoreLock(Path file) {
    this.file = file;
  }

  /** What is done while the lock is held. */
  @FunctionalInterface
  interface Action<T> {
    T run() throws IOException;
  }

  /** Looks for an entry and marks it as used; others may do so at the same time. */
  <T> T shared(Action<T> action) throws IOException {
    return held(action, true);
  }

  /** Takes something away that nobody has marked. */
  <T> T exclusive(Action<T> action) throws IOException {
    return held(action, false);
  }

  private <T> T held(Action<T> action, boolean shared) throws IOException {
    // The kernel knows one lock for each process, and closing any channel gives it up.
    synchronized (StoreLock.class) {
      try (FileChannel channel =
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock(0, Long.MAX_VALUE, shared)) {
        if (!lock.isValid()) {
          throw new IOException("tried to lock " + file + ", but the lock was lost");
        }
        return action.run();
      }
    }
  }
}
