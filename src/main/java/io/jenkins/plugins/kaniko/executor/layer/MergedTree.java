package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A stack of layers seen as the one file system that a container would see. */
public final class MergedTree {
  private static final int MAX_SYMLINKS = 40;

  private final List<LayerTree> topFirst;
  private final Map<String, List<LayerTree>> visible = new HashMap<>();

  private MergedTree(List<LayerTree> bottomFirst) {
    List<LayerTree> layers = new ArrayList<>(bottomFirst);
    java.util.Collections.reverse(layers);
    this.topFirst = List.copyOf(layers);
    visible.put("", topFirst);
  }

  /** Layers in the order of a manifest: the lowest first. */
  public static MergedTree of(List<? extends LayerTree> bottomFirst) throws IOException {
    List<LayerTree> layers = new ArrayList<>();
    for (LayerTree layer : bottomFirst) {
      layers.add(RebasedTree.of(layer, new MergedTree(layers)));
    }
    return new MergedTree(layers);
  }

  /** The same with one more layer on top, which leaves nothing open. */
  MergedTree with(LayerTree top) {
    List<LayerTree> layers = new ArrayList<>(topFirst);
    java.util.Collections.reverse(layers);
    layers.add(top);
    return new MergedTree(layers);
  }

  /**
   * A path of the merged file system.
   *
   * @param entry its metadata; never a whiteout or a hard link
   * @param layer that shows it
   */
  public record Node(LayerEntry entry, LayerTree layer) {
    public InputStream open() throws IOException {
      return layer.open(entry.path());
    }

    /** Equal for two nodes that are names of the same file. */
    public Optional<Object> linkKey() throws IOException {
      return layer.linkKey(entry.path()).map(key -> Arrays.asList(layer, key));
    }
  }

  /**
   * A path's node, without following a symlink in its last component; parents are taken as they
   * stand.
   */
  public synchronized Optional<Node> lstat(String path) throws IOException {
    if (path.isEmpty()) {
      for (LayerTree layer : topFirst) {
        Optional<LayerEntry> root = layer.entry("");
        if (root.isPresent()) {
          return Optional.of(new Node(root.get(), layer));
        }
      }
      return Optional.of(new Node(LayerEntry.directory("", 0755, 0, 0, 0), EmptyTree.INSTANCE));
    }
    boolean implied = false;
    for (LayerTree layer : layersOf(Names.parent(path))) {
      Optional<LayerEntry> entry = layer.entry(path);
      if (entry.isPresent()) {
        return entry.get().type() == EntryType.WHITEOUT
            ? impliedDirectory(path, implied)
            : Optional.of(new Node(entry.get(), layer));
      }
      implied |= !layer.children(path).isEmpty();
    }
    return impliedDirectory(path, implied);
  }

  private static Optional<Node> impliedDirectory(String path, boolean implied) {
    return implied
        ? Optional.of(new Node(LayerEntry.directory(path, 0755, 0, 0, 0), EmptyTree.INSTANCE))
        : Optional.empty();
  }

  /** The nodes of a directory by name, sorted; empty when the path is no directory. */
  public synchronized SortedMap<String, Node> list(String directory) throws IOException {
    TreeMap<String, Node> nodes = new TreeMap<>();
    java.util.Set<String> seen = new java.util.HashSet<>();
    for (LayerTree layer : layersOf(directory)) {
      for (String name : layer.children(directory)) {
        if (seen.add(name)) {
          lstat(Names.join(directory, name)).ifPresent(node -> nodes.put(name, node));
        }
      }
    }
    return nodes;
  }

  /**
   * The path with every symlink of its parents followed below the root, and of its last component
   * too if asked. Components that do not exist stay as they are, as in containerd's {@code
   * fs.RootPath}.
   *
   * @throws IOException also when symlinks go round in circles
   */
  public String resolve(String path, boolean followLast) throws IOException {
    ArrayDeque<String> todo = new ArrayDeque<>(split(path));
    String at = "";
    int links = 0;
    while (!todo.isEmpty()) {
      String part = todo.poll();
      if (part.equals("..")) {
        at = Names.parent(at);
        continue;
      }
      String next = Names.join(at, part);
      Optional<Node> node = todo.isEmpty() && !followLast ? Optional.empty() : lstat(next);
      if (node.isPresent() && node.get().entry().isSymlink()) {
        if (++links > MAX_SYMLINKS) {
          throw new IOException(
              "tried to follow /" + path + ", but its symlinks go round in circles");
        }
        String target = node.get().entry().linkTarget();
        List<String> parts = split(target);
        for (int i = parts.size() - 1; i >= 0; i--) {
          todo.addFirst(parts.get(i));
        }
        if (target.startsWith("/")) {
          at = "";
        }
      } else {
        at = next;
      }
    }
    return at;
  }

  private static List<String> split(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** The layers that show something of a directory, topmost first; empty when it is none. */
  private List<LayerTree> layersOf(String directory) throws IOException {
    List<LayerTree> known = visible.get(directory);
    if (known != null) {
      return known;
    }
    List<LayerTree> layers = new ArrayList<>();
    for (LayerTree layer : layersOf(Names.parent(directory))) {
      Optional<LayerEntry> entry = layer.entry(directory);
      if (entry.isPresent() && !entry.get().isDirectory()) {
        break;
      }
      if (entry.isPresent() || !layer.children(directory).isEmpty()) {
        layers.add(layer);
      }
      if (layer.isOpaque(directory)) {
        break;
      }
    }
    visible.put(directory, layers);
    return layers;
  }

  /** Stands for what no layer says: implied directories. */
  private enum EmptyTree implements LayerTree {
    INSTANCE;

    @Override
    public Optional<LayerEntry> entry(String path) {
      return Optional.empty();
    }

    @Override
    public Optional<Object> linkKey(String path) {
      return Optional.empty();
    }

    @Override
    public boolean isOpaque(String directory) {
      return false;
    }

    @Override
    public List<String> children(String directory) {
      return List.of();
    }

    @Override
    public InputStream open(String path) throws IOException {
      throw new IOException("tried to read /" + path + ", but it is a directory");
    }
  }
}
