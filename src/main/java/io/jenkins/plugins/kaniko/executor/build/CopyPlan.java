package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Decides what COPY and ADD put where, by BuildKit's rules, without touching a disk: copying a
 * directory copies what is in it; a directory that is there keeps its mode and owner; parents that
 * are missing are made 0755 and belong to the new owner; what is not a directory is replaced.
 */
final class CopyPlan {
  /**
   * How the entries come out.
   *
   * @param owner of everything; empty to keep what the source says
   * @param mode change of permission bits; empty to keep them
   * @param now mtime of directories that are made, seconds
   */
  record Attributes(Optional<Users.Owner> owner, Optional<ModeChange> mode, long now) {}

  private static final int MAX_LINKS = 40;

  private final MergedTree target;
  private final Attributes attributes;
  private final TreeMap<String, LayerItem> items = new TreeMap<>();
  private final Map<String, Object> linkKeys = new HashMap<>();
  private final List<Item> files = new ArrayList<>();
  private int sources;

  CopyPlan(MergedTree target, Attributes attributes) {
    this.target = target;
    this.attributes = attributes;
  }

  /**
   * Adds a source.
   *
   * @param destination absolute path in the image
   * @param intoDirectory the destination ends with a slash, so that a file goes into it
   */
  void copy(CopySource source, Item item, String destination, boolean intoDirectory)
      throws UnusableException, IOException {
    String at = target.resolve(destination, true);
    sources++;
    if (item.entry().isDirectory()) {
      makeDirectories(at);
      for (Item child : source.children(item)) {
        into(source, child, Names.join(at, child.name()));
      }
      return;
    }
    if (intoDirectory || at.isEmpty() || isDirectory(at)) {
      // Named even if it is there: whoever unpacks the layer must not invent its mode and owner.
      makeDirectories(at);
      into(source, item, Names.join(at, item.name()));
    } else {
      makeDirectories(Names.parent(at));
      into(source, item, at);
    }
  }

  /**
   * Adds a ready entry below a directory, as unpacked archives have them: it replaces whatever is
   * there, but for a directory that replaces none, and goes where symlinks lead to its parent.
   */
  void add(LayerEntry entry, Content content) throws UnusableException, IOException {
    String parent = follow(Names.parent(entry.path()));
    makeDirectories(parent);
    String path = Names.join(parent, Names.base(entry.path()));
    if (!entry.isDirectory()) {
      items.subMap(path + "/", path + "0").clear();
    }
    put(new LayerItem(entry.withPath(path), content));
  }

  /** Where a path leads, through symlinks that are there and those that are planned. */
  private String follow(String path) throws UnusableException, IOException {
    Deque<String> left = new ArrayDeque<>(List.of(path.split("/")));
    String at = "";
    for (int links = 0; !left.isEmpty(); ) {
      String name = left.pop();
      if (name.equals("..")) {
        at = Names.parent(at);
      } else if (!name.isEmpty() && !name.equals(".")) {
        Optional<LayerEntry> link =
            existing(Names.join(at, name)).filter(entry -> entry.isSymlink());
        if (link.isEmpty()) {
          at = Names.join(at, name);
          continue;
        }
        if (++links > MAX_LINKS) {
          throw new UnusableException(
              "tried to follow the symlink /"
                  + link.get().path()
                  + ", but it leads in a circle; correct the link");
        }
        List<String> names = new ArrayList<>(List.of(link.get().linkTarget().split("/")));
        Collections.reverse(names);
        names.forEach(left::push);
        at = link.get().linkTarget().startsWith("/") ? "" : at;
      }
    }
    return at;
  }

  /**
   * Makes a directory with its parents where they are missing, and checks that they are
   * directories.
   */
  void makeDirectories(String path) throws UnusableException, IOException {
    if (!path.isEmpty()) {
      makeDirectories(Names.parent(path));
    }
    if (items.containsKey(path)) {
      requireNoFile(path);
      return;
    }
    Optional<LayerEntry> existing = existing(path);
    if (existing.isEmpty()) {
      Users.Owner owner = attributes.owner().orElse(Users.Owner.ROOT);
      put(
          LayerItem.of(
              LayerEntry.directory(path, 0755, owner.uid(), owner.gid(), attributes.now())));
      return;
    }
    requireNoFile(path);
    // The root itself needs no entry; other parents are named so that no reader has to invent them.
    if (!path.isEmpty()) {
      put(LayerItem.of(existing.get()));
    }
  }

  /**
   * The layer, parents first. Of the names of one file the first in this order has its content, and
   * the others are hard links to it.
   */
  List<LayerItem> items() {
    Map<Object, String> firstNames = new HashMap<>();
    List<LayerItem> ordered = new ArrayList<>();
    for (LayerItem item : items.values()) {
      String path = item.entry().path();
      Object key = linkKeys.get(path);
      String first = key == null ? null : firstNames.putIfAbsent(key, path);
      ordered.add(first == null ? item : LayerItem.of(item.entry().asHardLinkTo(first)));
    }
    return ordered;
  }

  /** Files whose content will be read. */
  List<Item> files() {
    return List.copyOf(files);
  }

  private void into(CopySource source, Item item, String path)
      throws UnusableException, IOException {
    LayerEntry entry = attributed(item.entry()).withPath(path);
    if (entry.isDirectory()) {
      requireNoFile(path);
      put(LayerItem.of(entry));
      for (Item child : source.children(item)) {
        into(source, child, Names.join(path, child.name()));
      }
      return;
    }
    if (isDirectory(path)) {
      throw new UnusableException(
          "tried to copy the file "
              + item.entry().path()
              + " to /"
              + path
              + ", but that is a directory; name another destination");
    }
    if (entry.isFile()) {
      files.add(item);
      put(new LayerItem(entry, item.content()));
    } else {
      put(LayerItem.of(entry));
    }
    // Two sources of one instruction are two copies, even of one file.
    item.linkKey().ifPresent(key -> linkKeys.put(path, List.of(sources, key)));
  }

  private LayerEntry attributed(LayerEntry entry) {
    LayerEntry result = entry;
    if (attributes.owner().isPresent()) {
      result = result.withOwner(attributes.owner().get().uid(), attributes.owner().get().gid());
    }
    if (attributes.mode().isPresent() && !entry.isSymlink()) {
      result = result.withMode(attributes.mode().get().apply(entry.mode(), entry.isDirectory()));
    }
    return result;
  }

  private void put(LayerItem item) {
    linkKeys.remove(item.entry().path());
    items.put(item.entry().path(), item);
  }

  private Optional<LayerEntry> existing(String path) throws IOException {
    LayerItem planned = items.get(path);
    if (planned != null) {
      return Optional.of(planned.entry());
    }
    return target.lstat(path).map(MergedTree.Node::entry);
  }

  private boolean isDirectory(String path) throws IOException {
    return existing(path).filter(LayerEntry::isDirectory).isPresent();
  }

  private void requireNoFile(String path) throws UnusableException, IOException {
    Optional<LayerEntry> other = existing(path).filter(entry -> !entry.isDirectory());
    if (other.isPresent()) {
      throw new UnusableException(
          "tried to copy a directory to /"
              + path
              + ", but that is a "
              + (other.get().isSymlink() ? "symlink" : "file")
              + "; name another destination");
    }
  }
}
