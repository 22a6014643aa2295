package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.layer.RebasedTree;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an extracted layer leaves to the layers below it: directories that its tar did not name, and
 * hard links to files that it does not hold. They are marked by extended attributes of overlay's
 * own kind, which overlay keeps from those who look through it.
 *
 * @param implied directories
 * @param links hard links with what they name
 */
record LooseEnds(Set<String> implied, Map<String, String> links) {
  static final LooseEnds NONE = new LooseEnds(Set.of(), Map.of());

  private static final String PRESENT = "user.overlay.kaniko-build.loose";
  private static final String IMPLIED = "user.overlay.kaniko-build.implied";
  private static final String LINK = "user.overlay.kaniko-build.link";
  private static final byte[] YES = {'y'};

  static void markImplied(Path root, Path directory) throws IOException {
    NativeFiles.setXattr(root, PRESENT, YES);
    NativeFiles.setXattr(directory, IMPLIED, YES);
  }

  /** Makes a file that stands for a hard link. */
  static void markLink(Path root, Path link, String target) throws IOException {
    NativeFiles.setXattr(root, PRESENT, YES);
    Files.createFile(link);
    NativeFiles.setXattr(link, LINK, FileNames.encode(target));
  }

  /** Those of an extracted layer. */
  static LooseEnds of(Path root) throws IOException {
    if (NativeFiles.xattr(root, PRESENT).isEmpty()) {
      return NONE;
    }
    LooseEnds found = new LooseEnds(new HashSet<>(), new HashMap<>());
    found.collect(root, "");
    return found;
  }

  private void collect(Path root, String directory) throws IOException {
    for (String name : DirectoryTree.names(FileNames.resolve(root, directory))) {
      String path = Names.join(directory, name);
      Path file = FileNames.resolve(root, path);
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        if (NativeFiles.xattr(file, IMPLIED).isPresent()) {
          implied.add(path);
        }
        collect(root, path);
      } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        NativeFiles.xattr(file, LINK)
            .ifPresent(target -> links.put(path, FileNames.decode(target)));
      }
    }
  }

  /**
   * Ties the loose ends of a layer: makes a tree that, directly above it, shows what applying the
   * layer to those below would have made.
   *
   * @param belows as they stand, the lowest first
   * @param target where the tree is made
   * @return empty if there are none
   */
  static Optional<Path> tie(List<DirectoryTree> belows, Path layer, Path target)
      throws IOException {
    LayerTree tree = DirectoryTree.ofLayer(layer);
    if (!(RebasedTree.of(tree, MergedTree.of(belows)) instanceof RebasedTree rebased)) {
      return Optional.empty();
    }
    MergedTree truth = rebased.merged();
    Files.createDirectory(target);
    TreeWriter writer = new TreeWriter(target, TreeWriter.Whiteouts.KEEP);
    MergedTree.Node root = truth.lstat("").orElseThrow();
    write(writer, root.entry(), root);
    Map<Object, Path> names = new HashMap<>();
    for (String path : withParents(rebased.affected())) {
      if (rebased.isForeignLink(path)) {
        MergedTree.Node file = rebased.target(path);
        if (!(file.layer() instanceof DirectoryTree lower)
            || !link(writer.locate(path), lower.path(file.entry().path()))) {
          write(writer, file.entry().withPath(path), file);
        }
        continue;
      }
      Optional<MergedTree.Node> node = truth.lstat(path);
      Optional<Object> key = node.isPresent() ? node.get().linkKey() : Optional.empty();
      if (key.isPresent() && names.containsKey(key.get())) {
        Files.createLink(writer.locate(path), names.get(key.get()));
      } else if (rebased.entry(path).filter(e -> e.type() == EntryType.WHITEOUT).isPresent()) {
        writer.write(LayerEntry.whiteout(path), InputStream.nullInputStream());
      } else if (node.isPresent()) {
        write(writer, node.get().entry(), node.get());
        if (key.isPresent()) {
          names.put(key.get(), writer.locate(path));
        }
        if (rebased.isOpaque(path)) {
          NativeFiles.setOpaque(FileNames.resolve(target, path));
        }
      }
    }
    writer.finish();
    return Optional.of(target);
  }

  private static void write(TreeWriter writer, LayerEntry entry, MergedTree.Node node)
      throws IOException {
    try (InputStream content = entry.isFile() ? node.open() : InputStream.nullInputStream()) {
      writer.write(entry, content);
    }
  }

  /** Gives a file one more name, unless the file system refuses that. */
  private static boolean link(Path name, Path file) throws IOException {
    try {
      Files.createLink(name, file);
      return true;
    } catch (FileSystemException e) {
      Files.deleteIfExists(name);
      return false;
    }
  }

  private static Set<String> withParents(Set<String> paths) {
    Set<String> all = new TreeSet<>();
    for (String path : paths) {
      for (String at = path; !at.isEmpty(); at = Names.parent(at)) {
        all.add(at);
      }
    }
    return all;
  }
}
