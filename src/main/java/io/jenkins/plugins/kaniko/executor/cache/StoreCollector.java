package io.jenkins.plugins.kaniko.executor.cache;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Takes away what has not been of use for the longest time. Whoever uses an entry marks it with the
 * time; what was marked since the oldest of the running builds began is theirs and stays. An entry
 * is moved aside in one step and deleted afterwards, so nobody waits for that, and nobody meets
 * half of it.
 */
public final class StoreCollector {
  private final ContentStore store;

  /**
   * What was taken away.
   *
   * @param entries how many
   * @param bytes that their files had
   */
  public record Collected(int entries, long bytes) {}

  public StoreCollector(ContentStore store) {
    this.store = store;
  }

  /** What is in the store, in no order, without the directories of running builds. */
  public List<StoreEntry> entries() throws IOException {
    return StoreInventory.of(store.directory());
  }

  /**
   * Takes away what is beyond a limit.
   *
   * @param maxBytes that all entries together may have; the least recently used ones go
   * @param maxAge how long an entry may be of no use
   */
  public Collected collect(OptionalLong maxBytes, Optional<Duration> maxAge, Instant now)
      throws IOException {
    // Asked before anything is listed: what a build uses that begins later is marked later still.
    // Files have their times in microseconds.
    Instant begun = Instant.now().truncatedTo(ChronoUnit.MICROS);
    Instant running = BuildDirectory.oldest(store.builds()).filter(begun::isAfter).orElse(begun);
    List<StoreEntry> entries = new ArrayList<>(entries());
    entries.sort(Comparator.comparing(StoreEntry::used));
    long total = entries.stream().mapToLong(StoreEntry::bytes).sum();
    int taken = 0;
    long freed = 0;
    try (BuildDirectory trash = store.beginBuild()) {
      for (StoreEntry entry : entries) {
        boolean tooOld = maxAge.isPresent() && entry.used().plus(maxAge.get()).isBefore(now);
        boolean tooMuch =
            maxBytes.isPresent()
                && (maxBytes.getAsLong() == 0
                    || (entry.isLarge() && total - freed > maxBytes.getAsLong()));
        if ((tooOld || tooMuch)
            && entry.used().isBefore(running)
            && take(entry, trash.path().resolve(Integer.toString(taken)))) {
          taken++;
          freed += entry.bytes();
        }
      }
      forgetOrphans(trash.path());
    } catch (FileSystemException e) {
      // Files of a user namespace that this process is not in: the next build deletes them.
      if (taken == 0) {
        throw e;
      }
    }
    return new Collected(taken, freed);
  }

  /** Moves an entry aside, unless somebody has used it by now. */
  private boolean take(StoreEntry entry, Path target) throws IOException {
    if (entry.kind() == StoreEntry.Kind.MOUNT) {
      return CacheMounts.remove(entry.path(), entry.used(), target);
    }
    return store.lock().exclusive(() -> isUnused(entry) && move(entry.path(), target));
  }

  private boolean isUnused(StoreEntry entry) throws IOException {
    Path mark = entry.path();
    boolean tree = entry.kind() == StoreEntry.Kind.TREE;
    if (tree) {
      mark = ContentStore.useOf(store.directory(), mark.getFileName().toString());
    }
    Optional<BasicFileAttributes> now = StoreInventory.attributes(mark);
    if (tree && now.isEmpty()) {
      // Nobody knows when it was of use: its time begins now.
      ContentStore.mark(mark);
      return false;
    }
    return now.isEmpty() || !now.get().lastModifiedTime().toInstant().isAfter(entry.used());
  }

  private static boolean move(Path entry, Path target) throws IOException {
    try {
      Files.move(entry, target, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (FileSystemException e) {
      // A directory of another id, which only the namespace that made it can move.
      return false;
    }
  }

  /** Marks of trees that are gone, and records whose layer is. */
  private void forgetOrphans(Path scratch) throws IOException {
    for (Path mark : StoreInventory.list(store.directory().resolve("used"))) {
      String name = mark.getFileName().toString().replaceFirst("\\..*", "");
      Path tree = store.directory().resolve("trees").resolve(name);
      if (!Files.exists(tree)) {
        // Whoever takes a tree in marks it first.
        store.lock().exclusive(() -> !Files.exists(tree) && Files.deleteIfExists(mark));
      }
    }
    CacheRecords records = new CacheRecords(store, scratch, text -> {});
    for (Path record : StoreInventory.list(store.directory().resolve("records"))) {
      records.forgetUnlessWhole(record);
    }
  }
}
