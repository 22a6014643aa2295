package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A layer whose tar leaves something to the layers below it, seen as it comes out when it is
 * applied to them (as containerd and Docker do): a directory that it implies may be a symlink
 * there, and a hard link may name a file of theirs.
 */
public final class RebasedTree implements LayerTree {
  private final LayerTree layer;
  private final MergedTree below;
  private final Set<String> implied;

  /** Implied directories to where they really lie, where that is elsewhere. */
  private final Map<String, String> moves = new TreeMap<>();

  /** Hard links to what they name, which may pass through symlinks. */
  private final Map<String, String> links = new HashMap<>();

  private final MergedTree merged;
  private final Set<String> followed = new HashSet<>();

  private RebasedTree(LayerTree layer, MergedTree below) throws IOException {
    this.layer = layer;
    this.below = below;
    this.implied = new TreeSet<>(layer.impliedDirectories());
    for (String directory : implied) {
      String real = realDirectory(directory);
      if (!real.equals(directory)) {
        moves.put(directory, real);
      }
    }
    for (Map.Entry<String, String> link : layer.foreignLinks().entrySet()) {
      links.put(real(link.getKey()), real(link.getValue()));
    }
    this.merged = below.with(this);
  }

  /** The layer itself where it leaves nothing open. */
  public static LayerTree of(LayerTree layer, MergedTree below) throws IOException {
    return layer.impliedDirectories().isEmpty() && layer.foreignLinks().isEmpty()
        ? layer
        : new RebasedTree(layer, below);
  }

  /**
   * Where this layer, put above the others just as it is, would show something else: implied
   * directories, all that lies elsewhere, and hard links.
   */
  public Set<String> affected() throws IOException {
    Set<String> paths = new TreeSet<>(links.keySet());
    for (String directory : implied) {
      paths.add(real(directory));
    }
    for (Map.Entry<String, String> move : moves.entrySet()) {
      paths.add(move.getKey());
      addBelow(move.getValue(), paths);
    }
    paths.remove("");
    return paths;
  }

  private void addBelow(String directory, Set<String> paths) throws IOException {
    paths.add(directory);
    for (String name : children(directory)) {
      addBelow(Names.join(directory, name), paths);
    }
  }

  @Override
  public Optional<LayerEntry> entry(String path) throws IOException {
    if (links.containsKey(path)) {
      return Optional.of(target(path).entry().withPath(path));
    }
    for (String source : sources(path)) {
      Optional<LayerEntry> entry = layer.entry(source);
      if (entry.isPresent()) {
        return entry.map(found -> found.withPath(path));
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<Object> linkKey(String path) throws IOException {
    if (links.containsKey(path)) {
      return Optional.of(links.get(path));
    }
    Optional<String> source = source(path);
    return source.isPresent() ? layer.linkKey(source.get()) : Optional.empty();
  }

  @Override
  public boolean isOpaque(String directory) throws IOException {
    for (String source : sources(directory)) {
      if (layer.isOpaque(source)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<String> children(String directory) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String source : sources(directory)) {
      names.addAll(layer.children(source));
    }
    for (String real : moves.values()) {
      // The directories on the way to it may be news to the layer.
      if (real.startsWith(directory.isEmpty() ? "" : directory + "/") && !real.equals(directory)) {
        String rest = real.substring(directory.isEmpty() ? 0 : directory.length() + 1);
        names.add(rest.split("/", 2)[0]);
      }
    }
    return new ArrayList<>(names);
  }

  @Override
  public InputStream open(String path) throws IOException {
    if (links.containsKey(path)) {
      return target(path).open();
    }
    return layer.open(source(path).orElse(path));
  }

  @Override
  public void prefetch(Collection<String> paths) throws IOException {
    List<String> sources = new ArrayList<>();
    for (String path : paths) {
      if (!links.containsKey(path)) {
        source(path).ifPresent(sources::add);
      }
    }
    layer.prefetch(sources);
  }

  /** What a hard link names, in this layer or below it; never a directory. */
  public synchronized MergedTree.Node target(String link) throws IOException {
    if (!followed.add(link)) {
      throw new IOException(
          "tried to make the hard link /" + link + ", but its targets go round in circles");
    }
    try {
      String target = merged.resolve(links.get(link), false);
      return merged
          .lstat(target)
          .filter(node -> !node.entry().isDirectory())
          .orElseThrow(
              () ->
                  new IOException(
                      "tried to make the hard link /"
                          + link
                          + ", but neither its layer nor one below it holds the file /"
                          + target
                          + "; the image is damaged: build it anew"));
    } finally {
      followed.remove(link);
    }
  }

  /** This layer on top of those that it was made for. */
  public MergedTree merged() {
    return merged;
  }

  /** Whether a path is a hard link to a file that the layer does not hold at that place. */
  public boolean isForeignLink(String path) {
    return links.containsKey(path);
  }

  private Optional<String> source(String path) throws IOException {
    for (String source : sources(path)) {
      if (layer.entry(source).isPresent()) {
        return Optional.of(source);
      }
    }
    return Optional.empty();
  }

  /** Where the layer may say something of a path. */
  private Collection<String> sources(String path) {
    Set<String> sources = new LinkedHashSet<>();
    if (real(path).equals(path)) {
      sources.add(path);
    }
    for (Map.Entry<String, String> move : moves.entrySet()) {
      if (path.equals(move.getValue())) {
        sources.add(move.getKey());
      } else if (path.startsWith(move.getValue() + "/")) {
        String source = move.getKey() + path.substring(move.getValue().length());
        if (real(source).equals(path)) {
          sources.add(source);
        }
      }
    }
    return sources;
  }

  /** Where a path of the layer lies in the end. */
  private String real(String path) {
    String rest = "";
    for (String at = path; !at.isEmpty(); at = Names.parent(at)) {
      String moved = moves.get(at);
      if (moved != null) {
        return Names.join(moved, rest);
      }
      rest = Names.join(Names.base(at), rest);
    }
    return path;
  }

  private String realDirectory(String directory) throws IOException {
    if (directory.isEmpty()) {
      return "";
    }
    String path = Names.join(realDirectory(Names.parent(directory)), Names.base(directory));
    boolean symlink =
        implied.contains(directory)
            && below.lstat(path).filter(node -> node.entry().isSymlink()).isPresent();
    return symlink ? below.resolve(path, true) : path;
  }
}
