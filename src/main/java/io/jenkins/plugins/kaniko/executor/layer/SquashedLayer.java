package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.layer.MergedTree.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Several layers as one that does the same to what lies below them: what a higher layer deletes or
 * replaces is not in it, deletions of what lies below are.
 */
public final class SquashedLayer {
  private final List<LayerTree> layers;
  private final MergedTree merged;
  private final List<LayerItem> items = new ArrayList<>();
  private final Map<Object, String> links = new HashMap<>();
  private final IdentityHashMap<LayerTree, List<String>> contents = new IdentityHashMap<>();
  private MergedTree below;

  /**
   * @param layers the lowest first
   */
  public SquashedLayer(List<? extends LayerTree> layers) throws IOException {
    this.layers = List.copyOf(layers);
    this.merged = MergedTree.of(this.layers);
  }

  /**
   * Whether a directory has come in the place of something that a layer below may have, so that
   * what it had there must be deleted one by one.
   */
  public boolean asksBelow() throws IOException {
    return asksBelow("");
  }

  private boolean asksBelow(String directory) throws IOException {
    for (Map.Entry<String, Node> child : merged.list(directory).entrySet()) {
      String path = Names.join(directory, child.getKey());
      if (child.getValue().entry().isDirectory() && (isNew(path) || asksBelow(path))) {
        return true;
      }
    }
    return isNew(directory);
  }

  /**
   * The items: parents before what is below them, whiteouts before their siblings.
   *
   * @param lower what lies below the layers; may be empty if {@link #asksBelow} is false
   */
  public List<LayerItem> items(MergedTree lower) throws IOException {
    below = lower;
    Node root = merged.lstat("").orElseThrow();
    if (isSaid(root)) {
      add(root);
    }
    walk("", false);
    for (Map.Entry<LayerTree, List<String>> content : contents.entrySet()) {
      content.getKey().prefetch(content.getValue());
    }
    return List.copyOf(items);
  }

  private void walk(String directory, boolean hidden) throws IOException {
    boolean hides = hidden || isNew(directory);
    for (String name : gone(directory, hides)) {
      items.add(LayerItem.of(LayerEntry.whiteout(Names.join(directory, name))));
    }
    for (Map.Entry<String, Node> child : merged.list(directory).entrySet()) {
      Node node = child.getValue();
      if (isSaid(node)) {
        Optional<Object> key = node.entry().isDirectory() ? Optional.empty() : node.linkKey();
        String path = node.entry().path();
        String first = key.map(each -> links.putIfAbsent(each, path)).orElse(null);
        if (first == null) {
          add(node);
        } else {
          items.add(LayerItem.of(node.entry().asHardLinkTo(first)));
        }
      }
      if (node.entry().isDirectory()) {
        walk(Names.join(directory, child.getKey()), hides);
      }
    }
  }

  /** Names that the file system below may show in a directory, and these layers do not. */
  private Set<String> gone(String directory, boolean hides) throws IOException {
    Set<String> names = new TreeSet<>();
    if (hides) {
      names.addAll(below.list(directory).keySet());
    } else {
      for (LayerTree layer : layers) {
        for (String name : layer.children(directory)) {
          boolean whiteout =
              layer
                  .entry(Names.join(directory, name))
                  .filter(entry -> entry.type() == EntryType.WHITEOUT)
                  .isPresent();
          if (whiteout) {
            names.add(name);
          }
        }
      }
    }
    names.removeAll(merged.list(directory).keySet());
    return names;
  }

  /** Whether nothing below shows through a directory, since one of the layers has replaced it. */
  private boolean isNew(String directory) throws IOException {
    for (LayerTree layer : layers) {
      Optional<LayerEntry> entry = layer.entry(directory);
      if (layer.isOpaque(directory) || entry.filter(each -> !each.isDirectory()).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** A directory that no layer names is as it is below. */
  private static boolean isSaid(Node node) throws IOException {
    return node.layer().entry(node.entry().path()).isPresent();
  }

  private void add(Node node) {
    LayerEntry entry = node.entry();
    if (entry.isFile()) {
      contents.computeIfAbsent(node.layer(), layer -> new ArrayList<>()).add(entry.path());
    }
    items.add(entry.isFile() ? new LayerItem(entry, node::open) : LayerItem.of(entry));
  }
}
