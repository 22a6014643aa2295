package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
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
  private final ReservedPaths reserved;
  private DirectorySnapshot snapshot;

  /** Files that something else stands for while a command runs, so that it cannot change them. */
  private final Set<String> covered = new HashSet<>();

  private MergedTree tree;
  private MountStubs stubs;

  DirectoryRoot(Path directory, List<PackedLayer> layers, Predicate<String> ignored)
      throws IOException {
    this(Files.createDirectories(directory.resolve("root")), layers, ignored, ReservedPaths.NONE);
  }

  /**
   * @param root empty but for what is reserved
   */
  DirectoryRoot(
      Path root, List<PackedLayer> layers, Predicate<String> ignored, ReservedPaths reserved)
      throws IOException {
    this.root = root;
    this.ignored = ignored;
    this.reserved = reserved;
    Files.setAttribute(root, "unix:mode", 0755);
    for (PackedLayer layer : layers) {
      TreeWriter writer = new TreeWriter(root, TreeWriter.Whiteouts.APPLY, reserved);
      LayerReader.scan(layer.blob(), layer.diffId(), writer);
      writer.finish();
    }
    reserved.followLinks();
    changed();
  }

  @Override
  public MergedTree tree() {
    return tree;
  }

  @Override
  public RootMount beginRun(List<MountPoint> mountPoints) throws IOException {
    reserved.showLinks();
    if (snapshot == null) {
      snapshot = DirectorySnapshot.take(root, reserved);
    }
    stubs = new MountStubs();
    covered.clear();
    for (MountPoint point : mountPoints) {
      if (!point.directory()
          && Files.isRegularFile(
              FileNames.resolve(root, point.path()), LinkOption.NOFOLLOW_LINKS)) {
        covered.add(point.path());
      }
      stub(point);
    }
    return new RootMount.Directory(root);
  }

  @Override
  public Changeset endRun() throws IOException {
    stubs.remove();
    reserved.followLinks();
    DirectorySnapshot now = DirectorySnapshot.take(root, reserved);
    Changeset changes = now.changesSince(snapshot, ignored.or(covered::contains));
    changed();
    snapshot = now;
    return changes;
  }

  @Override
  public Changeset apply(List<LayerItem> items) throws IOException {
    TreeWriter writer = new TreeWriter(root, TreeWriter.Whiteouts.APPLY, reserved);
    Changeset changes = writer.apply(items, tree, Optional.empty());
    changed();
    return changes;
  }

  private void changed() throws IOException {
    snapshot = null;
    tree = MergedTree.of(List.of(DirectoryTree.asItStands(root, reserved)));
  }

  private void stub(MountPoint point) throws IOException {
    Path path = FileNames.resolve(root, point.path());
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(path.getParent(), LinkOption.NOFOLLOW_LINKS)) {
      stub(new MountPoint(Names.parent(point.path()), true));
    }
    stubs.create(path, point.directory());
  }
}
