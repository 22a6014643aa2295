package io.jenkins.plugins.kaniko.executor.layer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The entries of one layer by path, with its whiteouts understood: all that can be asked without
 * its content.
 */
public final class LayerIndex {
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String WHITEOUT = ".wh.";
  private static final String META = ".wh..wh.";

  private final Map<String, LayerEntry> entries = new HashMap<>();
  private final Map<String, Set<String>> children = new HashMap<>();
  private final Set<String> opaque = new HashSet<>();

  /**
   * What a tar entry means in a layer.
   *
   * @param path that it concerns
   * @param kind see {@link MarkKind}
   */
  public record Mark(String path, MarkKind kind) {}

  /** An ordinary entry, a deletion of a path, or of all that lower layers have in a directory. */
  public enum MarkKind {
    ENTRY,
    WHITEOUT,
    OPAQUE,
    /** AUFS bookkeeping, which the image-spec reserves and readers skip. */
    RESERVED
  }

  /** Understands a path as tar has it (image-spec, layer.md, "Whiteouts"). */
  public static Mark mark(String path) {
    String base = Names.base(path);
    if (base.equals(OPAQUE)) {
      return new Mark(Names.parent(path), MarkKind.OPAQUE);
    }
    if (base.startsWith(META)) {
      return new Mark(path, MarkKind.RESERVED);
    }
    if (base.startsWith(WHITEOUT) && base.length() > WHITEOUT.length()) {
      String target = Names.join(Names.parent(path), base.substring(WHITEOUT.length()));
      return new Mark(target, MarkKind.WHITEOUT);
    }
    return new Mark(path, MarkKind.ENTRY);
  }

  /** Adds an entry as a tar stream has it; later ones win. */
  void addRaw(LayerEntry entry) {
    Mark mark = mark(entry.path());
    switch (mark.kind()) {
      case ENTRY -> add(entry);
      case WHITEOUT -> {
        // A whiteout speaks of lower layers: it does not remove what this layer has put there.
        if (!entries.containsKey(mark.path())) {
          add(LayerEntry.whiteout(mark.path()));
        }
      }
      case OPAQUE -> opaque.add(mark.path());
      case RESERVED -> {}
    }
  }

  /** Adds an entry whose whiteout, if it is one, is in its type. */
  void add(LayerEntry entry) {
    String path = entry.path();
    LayerEntry before = entries.put(path, entry);
    if (before != null && before.isDirectory() && !entry.isDirectory()) {
      removeBelow(path);
    }
    for (String at = path; !at.isEmpty(); at = Names.parent(at)) {
      if (!children.computeIfAbsent(Names.parent(at), key -> new TreeSet<>()).add(Names.base(at))) {
        break;
      }
    }
  }

  private void removeBelow(String path) {
    Set<String> names = children.remove(path);
    if (names != null) {
      for (String name : names) {
        entries.remove(Names.join(path, name));
        removeBelow(Names.join(path, name));
      }
    }
  }

  /** The entry of a path as it stands (a hard link as {@link EntryType#HARDLINK}). */
  public Optional<LayerEntry> entry(String path) {
    return Optional.ofNullable(entries.get(path));
  }

  /** True when lower layers show nothing of this directory. */
  public boolean isOpaque(String directory) {
    return opaque.contains(directory);
  }

  /** Names below a directory, sorted, those of whiteouts included. */
  public List<String> children(String directory) {
    return new ArrayList<>(children.getOrDefault(directory, Set.of()));
  }

  public Collection<LayerEntry> entries() {
    return entries.values();
  }
}
