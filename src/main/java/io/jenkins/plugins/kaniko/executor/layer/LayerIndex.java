package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
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
  static final String WHITEOUT = ".wh.";
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

  /**
   * Understands a path as tar has it (image-spec, layer.md, "Whiteouts").
   *
   * @throws IOException for a whiteout that names no file: applied literally, ".wh..." would delete
   *     the directory above
   */
  public static Mark mark(String path) throws IOException {
    String base = Names.base(path);
    if (base.equals(OPAQUE)) {
      return new Mark(Names.parent(path), MarkKind.OPAQUE);
    }
    if (base.startsWith(META)) {
      return new Mark(path, MarkKind.RESERVED);
    }
    if (base.startsWith(WHITEOUT)) {
      String name = base.substring(WHITEOUT.length());
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IOException(
            "tried to read a layer, but its whiteout /"
                + path
                + " names no file; rebuild the image");
      }
      return new Mark(Names.join(Names.parent(path), name), MarkKind.WHITEOUT);
    }
    return new Mark(path, MarkKind.ENTRY);
  }

  /** Adds an entry as a tar stream has it; later ones win. */
  void addRaw(LayerEntry entry) throws IOException {
    Mark mark = mark(entry.path());
    switch (mark.kind()) {
      case ENTRY -> add(entry);
      case WHITEOUT -> {
        // A whiteout speaks of lower layers: it does not remove what this layer has put there.
        if (entries.containsKey(mark.path())) {
          opaque.add(mark.path());
        } else if (children.containsKey(mark.path())) {
          madeAnew(mark.path());
        } else {
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
    if (!entry.isDirectory()) {
      removeBelow(path);
    } else if (before != null && before.type() == EntryType.WHITEOUT) {
      opaque.add(path);
    }
    for (String at = path; !at.isEmpty(); at = Names.parent(at)) {
      String parent = Names.parent(at);
      if (isWhiteout(parent)) {
        madeAnew(parent);
      }
      if (!children.computeIfAbsent(parent, key -> new TreeSet<>()).add(Names.base(at))) {
        break;
      }
    }
  }

  /** Takes an entry back as an index had it, so that nothing is left to understand. */
  void restore(LayerEntry entry) {
    entries.put(entry.path(), entry);
    addToParents(entry.path());
  }

  void restoreOpaque(String directory) {
    opaque.add(directory);
  }

  private void addToParents(String path) {
    for (String at = path; !at.isEmpty(); at = Names.parent(at)) {
      if (!children.computeIfAbsent(Names.parent(at), key -> new TreeSet<>()).add(Names.base(at))) {
        break;
      }
    }
  }

  /** A directory that no entry names, in the place of something that the layer has deleted. */
  private void madeAnew(String path) {
    entries.put(path, LayerEntry.directory(path, 0755, 0, 0, 0));
    opaque.add(path);
  }

  private boolean isWhiteout(String path) {
    LayerEntry entry = entries.get(path);
    return entry != null && entry.type() == EntryType.WHITEOUT;
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

  Set<String> opaqueDirectories() {
    return Set.copyOf(opaque);
  }

  /** Names below a directory, sorted, those of whiteouts included. */
  public List<String> children(String directory) {
    return new ArrayList<>(children.getOrDefault(directory, Set.of()));
  }

  /** Directories that an entry lies in, but that are none themselves. */
  Set<String> impliedDirectories() {
    Set<String> implied = new HashSet<>(children.keySet());
    implied.remove("");
    implied.removeIf(path -> entry(path).filter(e -> e.type() != EntryType.WHITEOUT).isPresent());
    return implied;
  }

  public Collection<LayerEntry> entries() {
    return entries.values();
  }
}
