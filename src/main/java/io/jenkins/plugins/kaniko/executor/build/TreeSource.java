package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.context.Glob;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree.Node;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The file system of a stage or an image: owners, extended attributes and hard links are kept. */
final class TreeSource implements CopySource {
  private final MergedTree tree;
  private final String origin;
  private final Map<String, Node> nodes = new HashMap<>();

  /**
   * @param origin for messages: the stage or image
   */
  TreeSource(MergedTree tree, String origin) {
    this.tree = tree;
    this.origin = origin;
  }

  @Override
  public List<Item> match(String pattern) throws UnusableException, IOException {
    List<String> parts = new ArrayList<>();
    for (String part : pattern.split("/", -1)) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.remove(parts.size() - 1);
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    if (parts.stream().anyMatch(Glob::isWildcard)) {
      List<Item> items = new ArrayList<>();
      expand("", new ArrayDeque<>(parts), pattern, items);
      return items;
    }
    String name = parts.isEmpty() ? "" : parts.get(parts.size() - 1);
    return List.of(item(name, existing(String.join("/", parts), pattern)));
  }

  @Override
  public Item exactly(String path) throws UnusableException, IOException {
    return item("", existing(path, path));
  }

  private Node existing(String written, String pattern) throws UnusableException, IOException {
    String path = tree.resolve(written, true);
    Optional<Node> node = tree.lstat(path);
    if (node.isEmpty()) {
      throw new UnusableException(
          "tried to find \""
              + pattern
              + "\" in "
              + origin
              + ", but there is no such file; paths are relative to its root directory");
    }
    return node.get();
  }

  @Override
  public List<Item> children(Item directory) throws IOException {
    List<Item> items = new ArrayList<>();
    for (Map.Entry<String, Node> child : tree.list(directory.entry().path()).entrySet()) {
      items.add(item(child.getKey(), child.getValue()));
    }
    return items;
  }

  @Override
  public void prefetch(Collection<Item> files) throws IOException {
    Map<LayerTree, List<String>> byLayer = new HashMap<>();
    for (Item file : files) {
      Node node = nodes.get(file.entry().path());
      // Here-documents are not of this tree.
      if (node != null) {
        byLayer.computeIfAbsent(node.layer(), layer -> new ArrayList<>()).add(file.entry().path());
      }
    }
    for (Map.Entry<LayerTree, List<String>> layer : byLayer.entrySet()) {
      layer.getKey().prefetch(layer.getValue());
    }
  }

  private void expand(String directory, ArrayDeque<String> rest, String pattern, List<Item> items)
      throws UnusableException, IOException {
    String part = rest.poll();
    Glob glob;
    try {
      glob = Glob.forName(part);
    } catch (IllegalArgumentException e) {
      throw new UnusableException(
          "tried to use the pattern \"" + pattern + "\", but " + e.getMessage(), e);
    }
    for (Map.Entry<String, Node> child : tree.list(directory).entrySet()) {
      if (!glob.matches(child.getKey())) {
        continue;
      }
      String path = tree.resolve(Names.join(directory, child.getKey()), true);
      Optional<Node> target = tree.lstat(path);
      if (target.isEmpty()) {
        if (rest.isEmpty()) {
          throw new UnusableException(
              "tried to copy /"
                  + Names.join(directory, child.getKey())
                  + " of "
                  + origin
                  + ", but it is a symlink to /"
                  + path
                  + ", which does not exist; copy the directory that holds it to keep the link");
        }
        continue;
      }
      if (rest.isEmpty()) {
        items.add(item(child.getKey(), target.get()));
      } else if (target.get().entry().isDirectory()) {
        expand(path, new ArrayDeque<>(rest), pattern, items);
      }
    }
  }

  private Item item(String name, Node node) throws IOException {
    if (node.entry().isFile()) {
      nodes.put(node.entry().path(), node);
    }
    return new Item(name, node.entry(), node::open, node.linkKey());
  }
}
