package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.ContentStore;
import io.jenkins.plugins.kaniko.executor.cache.StoreCollector;
import io.jenkins.plugins.kaniko.executor.cache.StoreEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks after a store when nothing is built: tells what is in it, and clears away. */
public final class StoreCare {
  private static final Map<StoreEntry.Kind, String> NAMES =
      Map.of(
          StoreEntry.Kind.LAYER, "layers",
          StoreEntry.Kind.TREE, "extracted layers",
          StoreEntry.Kind.INDEX, "layer indexes",
          StoreEntry.Kind.RECORD, "cache records",
          StoreEntry.Kind.HINT, "Dockerfiles seen",
          StoreEntry.Kind.MOUNT, "cache mounts");

  private StoreCare() {}

  /**
   * Entries of one kind.
   *
   * @param bytes that their files have
   */
  public record Kind(String kind, int entries, long bytes) {}

  /** What a store has. */
  public record Usage(String store, int entries, long bytes, List<Kind> kinds) {}

  /** What was cleared away. */
  public record Pruned(String store, int entries, long bytes) {}

  /** Tells what is in a store; one that is not there has nothing, and is not made. */
  public static Usage usage(Path directory) throws BuildException, InterruptedException {
    List<Kind> kinds = new ArrayList<>();
    int count = 0;
    long bytes = 0;
    try {
      List<StoreEntry> entries =
          Files.isDirectory(directory)
              ? new StoreCollector(ContentStore.open(directory)).entries()
              : List.of();
      for (StoreEntry.Kind kind : StoreEntry.Kind.values()) {
        List<StoreEntry> same = entries.stream().filter(entry -> entry.kind() == kind).toList();
        long size = same.stream().mapToLong(StoreEntry::bytes).sum();
        kinds.add(new Kind(NAMES.get(kind), same.size(), size));
        count += same.size();
        bytes += size;
      }
      return new Usage(directory.toString(), count, bytes, kinds);
    } catch (IOException e) {
      throw Failures.io("measure the store " + directory, e);
    }
  }

  /** Takes away what is beyond the limits and what killed builds have left. */
  public static Pruned prune(Path directory, StoreLimits limits)
      throws BuildException, InterruptedException {
    if (!Files.isDirectory(directory)) {
      return new Pruned(directory.toString(), 0, 0);
    }
    try {
      StoreCollector.Collected taken =
          new StoreCollector(ContentStore.open(directory))
              .collect(limits.size(), limits.age(), Instant.now());
      return new Pruned(directory.toString(), taken.entries(), taken.bytes());
    } catch (IOException e) {
      throw Failures.io("clear the store " + directory, e);
    }
  }

  /** What a build does at its end; that it could not is no failure. */
  static void afterBuild(BuildRequest request, EventSink events) throws InterruptedException {
    StoreLimits limits = request.cacheOptions().limits();
    if (limits.isNone()) {
      return;
    }
    try {
      Pruned taken = prune(request.storeDirectory(), limits);
      if (taken.entries() > 0) {
        events.emit(
            new BuildEvent.Message(
                Instant.now(),
                BuildEvent.Level.INFO,
                "store: removed %d entries with %d MB, which were the longest without use"
                    .formatted(taken.entries(), taken.bytes() / 1_000_000)));
      }
    } catch (BuildException e) {
      events.emit(
          new BuildEvent.Message(Instant.now(), BuildEvent.Level.WARN, "store: " + e.getMessage()));
    }
  }
}
