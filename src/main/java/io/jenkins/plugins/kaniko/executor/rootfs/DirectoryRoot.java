package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One ordinary directory, for places where overlayfs cannot be mounted. What a command changed is
 * found by comparing two walks; contents are not read for that.
 */
final class DirectoryRoot implements RootFilesystem {
  private final Path root;
  private final Predicate<String> ignored;
  private DirectorySnapshot snapshot;

  /** Files that something else stands for while a command runs, so that it cannot change them. */
  private final Set<String> covered = new HashSet<>();

  private MergedTree tree;
  private MountStubs stubs;

  DirectoryRoot(Path directory, List<PackedLayer> layers, Predicate<String> ignored)
      throws IOException {
    this.root = Files.createDirectories(directory.resolve("root"));
    this.ignored = ignored;
    Files.setAttribute(root, "unix:mode", 0755);
    for (PackedLayer layer : layers) {
      TreeWriter writer = new TreeWriter(root, TreeWriter.Whiteouts.APPLY);
      LayerReader.scan(layer.blob(), layer.diffId(), writer);
      writer.finish();
    }
    changed();
  }

  @Override
  public MergedTree tree() {
    return tree;
  }

  @Override
  public RootMount beginRun(List<MountPoint> mountPoints) throws IOException {
    if (snapshot == null) {
      snapshot = DirectorySnapshot.take(root);
    }
    stubs = new MountStubs();
    covered.clear();
    for (MountPoint point : mountPoints) {
      if (!point.directory()
          && Files.isRegularFile(Names.resolve(root, point.path()), LinkOption.NOFOLLOW_LINKS)) {
        covered.add(point.path());
      }
      stub(point);
    }
    return new RootMount.Directory(root);
  }

  @Override
  public Changeset endRun() throws IOException {
    stubs.remove();
    DirectorySnapshot now = DirectorySnapshot.take(root);
    Changeset changes = now.changesSince(snapshot, ignored.or(covered::contains));
    changed();
    snapshot = now;
    return changes;
  }

  @Override
  public Changeset apply(List<LayerItem> items) throws IOException {
    TreeWriter writer = new TreeWriter(root, TreeWriter.Whiteouts.APPLY);
    Changeset changes = writer.apply(items, tree, Optional.empty());
    changed();
    return changes;
  }

  private void changed() throws IOException {
    snapshot = null;
    tree = MergedTree.of(List.of(DirectoryTree.asItStands(root)));
  }

  private void stub(MountPoint point) throws IOException {
    Path path = Names.resolve(root, point.path());
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(path.getParent(), LinkOption.NOFOLLOW_LINKS)) {
      stub(new MountPoint(Names.parent(point.path()), true));
    }
    stubs.create(path, point.directory());
  }
}
