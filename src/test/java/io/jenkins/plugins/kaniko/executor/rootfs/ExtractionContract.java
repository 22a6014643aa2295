package io.jenkins.plugins.kaniko.executor.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S13: whatever a layer holds, nothing outside its root is written, changed or deleted. */
@Tag("S13")
abstract class ExtractionContract {
  private static final long NOW = 1_000_000_000;

  @TempDir Path scratch;
  private Path outside;
  private Path root;
  private TreeWriter writer;
  private String before;

  abstract TreeWriter.Whiteouts whiteouts();

  @BeforeEach
  void prepare() throws IOException {
    assumeThat(TestUsers.current().uid()).as("layers have owners").isZero();
    outside = Files.createDirectories(scratch.resolve("a/outside"));
    Files.writeString(outside.resolve("precious"), "data");
    Files.createDirectory(outside.resolve("dir"));
    root = Files.createDirectory(scratch.resolve("a/root"));
    writer = new TreeWriter(root, whiteouts());
    before = outsideState();
  }

  @AfterEach
  void nothingOutsideHasChanged() throws IOException {
    if (before != null) {
      assertThat(outsideState()).isEqualTo(before);
    }
  }

  private String outsideState() throws IOException {
    StringBuilder state = new StringBuilder();
    for (Path path :
        List.of(
            scratch,
            outside.getParent(),
            outside,
            outside.resolve("precious"),
            outside.resolve("dir"))) {
      FileStat stat = FileStat.of(path);
      state.append(path).append(' ').append(stat.mode()).append(' ').append(stat.uid());
      state.append(' ').append(stat.nlink()).append(' ').append(stat.mtime()).append('\n');
      if (stat.isDirectory()) {
        state.append(DirectoryTree.names(path)).append('\n');
      }
    }
    return state + Files.readString(outside.resolve("precious"));
  }

  private void file(String path) throws IOException {
    byte[] content = "evil".getBytes(StandardCharsets.UTF_8);
    writer.visit(
        LayerEntry.file(path, 0777, 1, 1, content.length, NOW), new ByteArrayInputStream(content));
  }

  private void directory(String path) throws IOException {
    visit(LayerEntry.directory(path, 0777, 1, 1, NOW));
  }

  private void symlink(String path, String target) throws IOException {
    visit(LayerEntry.symlink(path, target, 1, 1, NOW));
  }

  private void hardLink(String path, String target) throws IOException {
    visit(LayerEntry.file(path, 0777, 1, 1, 0, NOW).asHardLinkTo(target));
  }

  private void visit(LayerEntry entry) throws IOException {
    writer.visit(entry, new ByteArrayInputStream(new byte[0]));
  }

  private boolean exists(String path) {
    return Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void anAbsoluteSymlinkAsParentLeadsBelowTheRoot() throws IOException {
    symlink("link", outside.toString());
    file("link/precious");
    directory("link/dir");
    writer.finish();
    assertThat(root.resolve("." + outside + "/precious")).hasContent("evil");
  }

  @Test
  void aRelativeSymlinkCannotClimbAboveTheRoot() throws IOException {
    symlink("link", "../../../../../../../.." + outside);
    file("link/precious");
    symlink("up", "../outside");
    file("up/precious");
    writer.finish();
    assertThat(root.resolve("." + outside + "/precious")).hasContent("evil");
    assertThat(root.resolve("outside/precious")).hasContent("evil");
  }

  @Test
  void aChainOfSymlinksStaysBelowTheRoot() throws IOException {
    directory("d");
    symlink("d/one", "../two");
    symlink("two", "three");
    symlink("three", "..");
    file("d/one/outside/precious");
    writer.finish();
    assertThat(root.resolve("outside/precious")).hasContent("evil");
  }

  @Test
  void symlinksThatGoInCirclesAreRefused() throws IOException {
    symlink("a", "b");
    symlink("b", "a");
    assertThatThrownBy(() -> file("a/f")).hasMessageContaining("circles");
  }

  @Test
  void aFileReplacesASymlinkInsteadOfWritingThroughIt() throws IOException {
    symlink("f", outside.resolve("precious").toString());
    file("f");
    writer.finish();
    assertThat(Files.isRegularFile(root.resolve("f"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void aDirectoryReplacesASymlink() throws IOException {
    symlink("d", outside.toString());
    directory("d");
    file("d/precious");
    writer.finish();
    assertThat(Files.isDirectory(root.resolve("d"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void attributesOfADirectoryAreNotSetThroughASymlinkThatReplacedItsParent() throws IOException {
    directory("d");
    directory("d/dir");
    symlink("d", outside.toString());
    writer.finish();
    assertThat(Files.isSymbolicLink(root.resolve("d"))).isTrue();
  }

  @Test
  void aDirectoryThatBecameASymlinkIsNotRememberedAsParent() throws IOException {
    directory("d");
    file("d/f");
    symlink("d", outside.toString());
    file("d/precious");
    writer.finish();
    assertThat(root.resolve("." + outside + "/precious")).hasContent("evil");
  }

  @Test
  void aSymlinkThatChangesHalfWayIsFollowedAsItStands() throws IOException {
    directory("x");
    directory("y");
    symlink("s", "x");
    file("s/f");
    symlink("s", "y");
    file("s/f");
    writer.finish();
    assertThat(root.resolve("y/f")).hasContent("evil");
  }

  @Test
  void aHardLinkToOutsideIsRefused(@TempDir Path elsewhere) throws IOException {
    symlink("link", outside.toString());
    String precious = outside.resolve("precious").toString().substring(1);
    for (String target : List.of("link/precious", precious, "../outside/precious")) {
      if (whiteouts() == TreeWriter.Whiteouts.APPLY) {
        assertThatThrownBy(() -> hardLink("stolen", target)).hasMessageContaining("does not hold");
      } else {
        // It may be in a lower layer; if not, whoever stacks the layers refuses it.
        hardLink("stolen", target);
        assertThat(root.resolve("stolen")).isEmptyFile();
        Path stack = elsewhere.resolve("stack" + target.length());
        assertThatThrownBy(() -> RootFilesystems.overlay(stack, List.of(root), List.of()))
            .hasMessageContaining("holds the file");
        Files.delete(root.resolve("stolen"));
      }
    }
  }

  @Test
  void aHardLinkToASymlinkIsASymlink() throws IOException {
    symlink("link", outside.resolve("precious").toString());
    hardLink("other", "link");
    writer.finish();
    assertThat(Files.isSymbolicLink(root.resolve("other"))).isTrue();
  }

  @Test
  void whiteoutsThatNameADirectoryInsteadOfAFileAreRefused() throws IOException {
    directory("d");
    for (String name : List.of(".wh...", ".wh..", ".wh.", "d/.wh...", "d/.wh..", "d/.wh.")) {
      assertThatThrownBy(() -> file(name)).as(name).hasMessageContaining("names no file");
    }
    assertThat(exists("d")).isTrue();
  }

  @Test
  void aWhiteoutBelowASymlinkDeletesNothingOutside() throws IOException {
    symlink("link", outside.toString());
    file("link/.wh.precious");
    file("link/dir/.wh..wh..opq");
    file("link/.wh..wh..opq");
    writer.finish();
  }

  @Test
  void theRootCanBeNothingButADirectory() throws IOException {
    assertThatThrownBy(() -> symlink("", outside.toString())).hasMessageContaining("root");
    directory("");
    writer.finish();
    assertThat(FileStat.of(root).uid()).isEqualTo(1);
  }

  @Test
  void entriesBelowAFileAreRefused() throws IOException {
    file("f");
    assertThatThrownBy(() -> file("f/g")).hasMessageContaining("not a directory");
  }

  @Test
  void aFifoIsMadeWithoutOpeningIt() throws IOException {
    visit(new LayerEntry("p", EntryType.FIFO, 0640, 3, 4, 0, NOW, "", 0, 0, Map.of()));
    writer.finish();
    FileStat stat = FileStat.of(root.resolve("p"));
    assertThat(stat.permissions()).isEqualTo(0640);
    assertThat(stat.uid()).isEqualTo(3);
    assertThat(stat.seconds()).isEqualTo(NOW);
  }

  @Test
  void attributesThatOverlayfsWouldObeyAreNotTakenOver() throws IOException {
    Map<String, byte[]> xattrs =
        Map.of(
            "user.overlay.redirect", "/x".getBytes(StandardCharsets.UTF_8),
            "user.overlay.opaque", new byte[] {'y'},
            "trusted.overlay.opaque", new byte[] {'y'},
            "user.mine", new byte[] {1});
    visit(new LayerEntry("d", EntryType.DIRECTORY, 0755, 0, 0, 0, NOW, "", 0, 0, xattrs));
    writer.finish();
    assertThat(NativeFiles.isOpaque(root.resolve("d"))).isFalse();
    assertThat(NativeFiles.xattrs(root.resolve("d"))).containsOnlyKeys("user.mine");
  }

  @Test
  void aFileThatCannotFitIsRefusedBeforeTheDiskIsFull() throws IOException {
    LayerEntry huge = LayerEntry.file("huge", 0644, 0, 0, 1L << 60, NOW);
    assertThatThrownBy(() -> visit(huge)).hasMessageContaining("No space left on device");
  }

  @Test
  void aSymlinkKeepsItsTargetToTheLetter() throws IOException {
    for (String target : List.of("a/", "a//b", "./a/../b", "/", "\udcff/x", "ä")) {
      symlink("link", target);
      assertThat(FileStat.linkTarget(root.resolve("link"))).isEqualTo(target);
    }
  }
}
