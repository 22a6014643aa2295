package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.layer.Trees;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * A stack of directories that overlayfs shows as one. Each change goes into a fresh upper
 * directory, which becomes the topmost lower one of the next change and is never written again.
 */
final class OverlayRoot implements RootFilesystem {
  /** OVL_MAX_STACK of Linux. */
  private static final int MAX_LAYERS = 500;

  private final Path directory;
  private final Path links;
  private final Predicate<String> ignored;
  private final List<Path> layers = new ArrayList<>();
  private MergedTree tree;
  private MountStubs stubs;
  private Path open;

  /**
   * @param directory of the stage, on a file system that can hold an upper directory
   * @param lowers extracted layers, the lowest first
   */
  OverlayRoot(Path directory, List<Path> lowers, Predicate<String> ignored) throws IOException {
    this.directory = directory;
    this.ignored = ignored;
    this.links = Files.createDirectories(directory.resolve("l"));
    // The kernel does not look at the mark of an opaque root.
    for (Path lower : fromTopmostOpaque(lowers)) {
      Optional<Path> tied =
          LooseEnds.tie(asTheyStand(), lower, directory.resolve("f" + layers.size()));
      push(lower);
      if (tied.isPresent()) {
        push(tied.get());
      }
    }
    if (layers.isEmpty()) {
      push(Files.createDirectories(directory.resolve("empty")));
    }
    refresh();
  }

  private static List<Path> fromTopmostOpaque(List<Path> lowers) throws IOException {
    for (int i = lowers.size() - 1; i > 0; i--) {
      if (NativeFiles.isOpaque(lowers.get(i))) {
        return lowers.subList(i, lowers.size());
      }
    }
    return lowers;
  }

  @Override
  public MergedTree tree() {
    return tree;
  }

  @Override
  public RootMount beginRun(List<MountPoint> mountPoints) throws IOException {
    if (layers.size() > MAX_LAYERS) {
      throw new IOException(
          "tried to mount "
              + layers.size()
              + " layers as one root, but overlayfs takes "
              + MAX_LAYERS
              + " at most; join instructions, or squash the base image");
    }
    open = newUpper();
    stubs = new MountStubs();
    for (MountPoint point : mountPoints) {
      stub(point);
    }
    Path work = Files.createDirectories(directory.resolve("work"));
    List<String> lowers = new ArrayList<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      // Overlay takes a directory once; where two layers are equal, the upper one hides the lower.
      if (layers.lastIndexOf(layers.get(i)) == i) {
        lowers.add(Integer.toString(i, Character.MAX_RADIX));
      }
    }
    return new RootMount.Overlay(links, lowers, open, work);
  }

  @Override
  public Changeset endRun() throws IOException {
    stubs.remove();
    return commit();
  }

  @Override
  public Changeset apply(List<LayerItem> items) throws IOException {
    open = newUpper();
    // From here on the content is that of the stage: whoever changes the context later changes no
    // layer.
    TreeWriter writer = new TreeWriter(open, TreeWriter.Whiteouts.KEEP);
    Changeset changes = writer.apply(items, tree, Optional.of(open));
    push(open);
    refresh();
    open = null;
    return changes;
  }

  private Changeset commit() throws IOException {
    AtomicBoolean ignoredAny = new AtomicBoolean();
    Predicate<String> noting =
        path -> {
          boolean ignores = ignored.test(path);
          ignoredAny.compareAndSet(false, ignores);
          return ignores;
        };
    Changeset changes = OverlayChanges.collect(open, tree, noting);
    // What enters no layer is still there for the next command.
    if (!changes.isEmpty() || ignoredAny.get()) {
      push(open);
      refresh();
    }
    open = null;
    return changes;
  }

  private Path newUpper() throws IOException {
    Path upper = directory.resolve("u" + layers.size());
    Trees.delete(upper);
    Files.createDirectory(upper);
    LayerEntry root = tree.lstat("").orElseThrow().entry();
    copyAttributes(upper, root);
    return upper;
  }

  private void push(Path layer) throws IOException {
    Path link = links.resolve(Integer.toString(layers.size(), Character.MAX_RADIX));
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, layer.toAbsolutePath());
    layers.add(layer);
  }

  private void refresh() throws IOException {
    tree = MergedTree.of(asTheyStand());
  }

  private List<DirectoryTree> asTheyStand() {
    return layers.stream().map(DirectoryTree::asItStands).toList();
  }

  private void stub(MountPoint point) throws IOException {
    if (tree.lstat(point.path()).isPresent()) {
      return;
    }
    String parent = Names.parent(point.path());
    Path upperParent = FileNames.resolve(open, parent);
    if (!Files.isDirectory(upperParent, LinkOption.NOFOLLOW_LINKS)) {
      Optional<MergedTree.Node> below = tree.lstat(parent);
      if (below.isEmpty()) {
        stub(new MountPoint(parent, true));
      } else {
        copyUp(parent, below.get().entry());
      }
    }
    Path path = FileNames.resolve(open, point.path());
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      stubs.create(path, point.directory());
    }
  }

  /** What overlay itself would do when something is made in a directory of a lower layer. */
  private void copyUp(String path, LayerEntry entry) throws IOException {
    String parent = Names.parent(path);
    Path upperParent = FileNames.resolve(open, parent);
    if (!parent.isEmpty() && !Files.isDirectory(upperParent, LinkOption.NOFOLLOW_LINKS)) {
      copyUp(parent, tree.lstat(parent).orElseThrow().entry());
    }
    Path directoryPath = FileNames.resolve(open, path);
    FileTime before = FileStat.of(upperParent).mtime();
    Files.createDirectory(directoryPath);
    copyAttributes(directoryPath, entry);
    MountStubs.setTime(upperParent, before);
  }

  static void copyAttributes(Path path, LayerEntry entry) throws IOException {
    TreeWriter writer = new TreeWriter(path, TreeWriter.Whiteouts.KEEP);
    writer.write(entry.withPath(""), InputStream.nullInputStream());
    writer.finish();
  }
}
