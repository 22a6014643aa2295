package io.jenkins.plugins.kaniko.executor.context;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lists of directories that were read before somebody asks for them. Each is given away once, and
 * whoever asks for one that is not here ends it: what is read later is not older than the question.
 */
final class ReadAhead {
  /** So that a large context does not fill the memory. */
  private static final int MOST_ENTRIES = 20_000;

  private final Map<String, List<ContextEntry>> lists = new ConcurrentHashMap<>();
  private int entries;
  private volatile boolean ended;

  /** Whether another list is welcome. */
  synchronized boolean add(ContextEntry directory, List<ContextEntry> children) {
    entries += children.size();
    if (!ended && entries <= MOST_ENTRIES) {
      lists.put(directory.path(), children);
      return true;
    }
    return false;
  }

  Optional<List<ContextEntry>> take(ContextEntry directory) {
    if (ended) {
      return Optional.empty();
    }
    Optional<List<ContextEntry>> known = Optional.ofNullable(lists.remove(directory.path()));
    if (known.isEmpty()) {
      end();
    }
    return known;
  }

  private synchronized void end() {
    ended = true;
    lists.clear();
  }
}
