package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes root file systems, and the trees that they stand on. */
public final class RootFilesystems {
  private RootFilesystems() {}

  /**
   * Loads what extraction and snapshots need beside other work; costs nothing when nobody needs it.
   */
  public static void warmUp() {
    NativeFiles.warmUp();
  }

  /**
   * Asks for a place of its own for each directory below this one, away from what was deleted a
   * moment ago. An ext4 without a journal takes none of the inodes of the last minutes again, and
   * tries each of them for every new file of the same block group: thousands of files then cost
   * twenty times as much.
   */
  public static void spreadSubdirectories(Path directory) {
    NativeFiles.spreadSubdirectories(directory);
  }

  /**
   * Extracts one layer into a new directory, in the form in which overlayfs can show it as a lower
   * layer.
   *
   * @throws IOException also when the content has another diffID; the directory must then be thrown
   *     away
   */
  public static void extract(Path blob, Digest diffId, Path target) throws IOException {
    extract(Files.newInputStream(blob), diffId, target);
  }

  /**
   * As {@link #extract(Path, Digest, Path)}, of a blob that may still be on its way.
   *
   * @param blob read to its end and closed
   */
  public static void extract(InputStream blob, Digest diffId, Path target) throws IOException {
    try (blob) {
      Files.createDirectory(target);
      Files.setAttribute(target, "unix:mode", 0755);
      TreeWriter writer = new TreeWriter(target, TreeWriter.Whiteouts.KEEP);
      LayerReader.scan(blob, diffId, writer);
      writer.finish();
    }
  }

  /** What an extracted layer says about paths. */
  public static LayerTree tree(Path extracted) {
    return DirectoryTree.ofLayer(extracted);
  }

  /**
   * An overlay over extracted layers.
   *
   * @param directory of the stage, empty
   * @param trees lowest first
   * @param ignoredPaths absolute paths that enter no layer
   */
  public static RootFilesystem overlay(Path directory, List<Path> trees, List<String> ignoredPaths)
      throws IOException {
    return new OverlayRoot(directory, trees, ChangeCollector.below(ignoredPaths));
  }

  /** A plain directory with all layers in it; parameters as of {@link #overlay}. */
  public static RootFilesystem directory(
      Path directory, List<PackedLayer> layers, List<String> ignoredPaths) throws IOException {
    return new DirectoryRoot(directory, layers, ChangeCollector.below(ignoredPaths));
  }

  /**
   * An overlay that shows a directory without some of what is in it. What is written to it ends up
   * in {@code scratch}.
   *
   * @param scratch empty, on a file system that can hold an upper directory
   * @param mask a whiteout for each path that is to be hidden, and before it the directories above,
   *     as they are; the first entry is the directory itself
   */
  public static RootMount masked(Path scratch, Path directory, List<LayerEntry> mask)
      throws IOException {
    return MaskedDirectory.show(scratch, directory, mask);
  }
}
