package io.jenkins.plugins.kaniko.executor.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.LayerBlob;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.LayerWriter;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container's root in miniature: a mount, the executor's directory, and a file of somebody's. */
class InPlaceTest {
  private static final long NOW = 1_000_000_000;

  @TempDir Path scratch;
  private Path root;
  private Path record;
  private int blobs;

  @BeforeEach
  void aContainer() throws IOException {
    assumeThat(TestUsers.current().uid()).as("layers have owners").isZero();
    root = Files.createDirectory(scratch.resolve("root"));
    write("repository/Dockerfile", "mounted");
    write("var/run/secrets/token", "mounted");
    write("own/program", "executor");
    write("home/me/notes", "somebody's");
    write("etc/hosts", "mounted");
    write(".dockerenv", "");
    write("home/me/a\nflag", "");
    Files.createDirectories(root.resolve("tmp"));
    record = root.resolve("own/.filled");
  }

  @AfterEach
  void nothingThatWasThereHasChanged() throws IOException {
    if (root != null) {
      assertThat(root.resolve("repository/Dockerfile")).hasContent("mounted");
      assertThat(root.resolve("var/run/secrets/token")).hasContent("mounted");
      assertThat(root.resolve("own/program")).hasContent("executor");
      assertThat(root.resolve("home/me/notes")).hasContent("somebody's");
      assertThat(root.resolve("etc/hosts")).hasContent("mounted");
      assertThat(root.resolve("home/me/a\nflag")).isEmptyFile();
    }
  }

  private void write(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private InPlace open() throws IOException {
    Set<Path> mounts =
        Set.of(
            root.resolve("repository"), root.resolve("var/run/secrets"), root.resolve("etc/hosts"));
    return InPlace.open(root, () -> mounts, List.of(root.resolve("own")), record);
  }

  private static LayerItem file(String path, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new LayerItem(LayerEntry.file(path, 0644, 0, 0, bytes.length, NOW), Content.of(bytes));
  }

  private static LayerItem directory(String path) {
    return LayerItem.of(LayerEntry.directory(path, 0755, 0, 0, NOW));
  }

  private static LayerItem link(String path, String target) {
    return LayerItem.of(LayerEntry.symlink(path, target, 0, 0, NOW));
  }

  private static LayerItem hardLink(String path, String target) {
    return LayerItem.of(LayerEntry.file(path, 0644, 0, 0, 0, NOW).asHardLinkTo(target));
  }

  private PackedLayer layer(LayerItem... items) throws IOException {
    Path blob = scratch.resolve("blob" + blobs++);
    LayerBlob written = LayerWriter.write(blob, MediaTypes.OCI_LAYER_GZIP, List.of(items));
    return new PackedLayer(blob, written.diffId());
  }

  private static List<String> paths(Changeset changes) {
    List<String> paths = new ArrayList<>();
    for (LayerItem item : changes.items()) {
      paths.add(item.entry().type() + " " + item.entry().path());
    }
    return paths;
  }

  @Test
  void aStageFindsItsBaseAndItsChangesAreThoseOfTheImage() throws IOException {
    try (InPlace place = open()) {
      PackedLayer base =
          layer(directory("etc"), file("etc/hosts", "image"), file("etc/passwd", "root"));
      assertThat(place.reservedPaths())
          .containsExactly(
              root + "/home/me/a\nflag",
              root + "/home/me/notes",
              root + "/repository",
              root + "/var/run/secrets");
      RootFilesystem stage = place.fill(List.of(base), List.of());
      assertThat(root.resolve("etc/passwd")).hasContent("root");
      assertThat(root.resolve(".dockerenv")).doesNotExist();
      assertThat(stage.tree().list("").keySet())
          .contains("etc")
          .doesNotContain("repository", "own");
      stage.beginRun(List.of(new RootFilesystem.MountPoint("etc/hosts", false)));
      write("etc/new", "new");
      write("repository/Dockerfile", "mounted");
      write("own/log", "executor's");
      Files.delete(root.resolve("etc/passwd"));
      assertThat(paths(stage.endRun()))
          .containsExactly("DIRECTORY etc", "WHITEOUT etc/passwd", "FILE etc/new");
      place.fill(List.of(layer(file("other", "stage"))), List.of());
      assertThat(root.resolve("etc/new")).doesNotExist();
      assertThat(root.resolve("other")).exists();
    }
    assertThat(root.resolve("other")).doesNotExist();
    assertThat(root.resolve("tmp")).isEmptyDirectory();
    assertThat(record).doesNotExist();
  }

  @Test
  void whatHasNoPlaceIsRefusedAndNotLost() throws IOException {
    try (InPlace place = open()) {
      RootFilesystem stage = place.fill(List.of(layer(directory("etc"))), List.of());
      for (String path : List.of("repository/x", "own/x", "home/me/notes", "var/run/secrets/x")) {
        assertThatThrownBy(() -> stage.apply(List.of(file(path, "x"))))
            .isInstanceOf(ReservedPathException.class)
            .hasMessageStartingWith("tried to write " + root.resolve(path) + ", but the image is");
        assertThatThrownBy(() -> place.fill(List.of(layer(file(path, "x"))), List.of()))
            .isInstanceOf(ReservedPathException.class);
      }
      assertThatThrownBy(() -> stage.apply(List.of(directory("repository"))))
          .isInstanceOf(ReservedPathException.class);
      RootFilesystem again = place.fill(List.of(layer(directory("etc"))), List.of());
      Changeset hosts = again.apply(List.of(file("etc/hosts", "the image's")));
      assertThat(hosts.items().get(0).content().open()).hasContent("the image's");
    }
  }

  @Test
  void aHostileLayerDeletesNothingThatIsNotTheBuilds() throws IOException {
    List<LayerItem[]> layers =
        List.of(
            new LayerItem[] {LayerItem.of(LayerEntry.whiteout("repository"))},
            new LayerItem[] {LayerItem.of(LayerEntry.whiteout("repository/Dockerfile"))},
            new LayerItem[] {LayerItem.of(LayerEntry.whiteout("home"))},
            new LayerItem[] {file("home/.wh..wh..opq", "")},
            new LayerItem[] {file("repository/.wh..wh..opq", "")},
            new LayerItem[] {LayerItem.of(LayerEntry.whiteout("var"))},
            new LayerItem[] {file("home", "a file")},
            new LayerItem[] {link("repository", "/etc")},
            new LayerItem[] {link("way", "/repository"), file("way/Dockerfile", "evil")},
            new LayerItem[] {
              link("way", "../repository"), LayerItem.of(LayerEntry.whiteout("way/Dockerfile"))
            },
            new LayerItem[] {link("way", "/own"), link("way/program", "/etc")});
    ReservedPaths reserved =
        new ReservedPaths(
            root,
            List.of(
                root.resolve("repository"),
                root.resolve("var/run/secrets"),
                root.resolve("own"),
                root.resolve("etc/hosts"),
                root.resolve("home/me/a\nflag"),
                root.resolve("home/me/notes")));
    for (LayerItem[] items : layers) {
      TreeWriter writer = new TreeWriter(root, TreeWriter.Whiteouts.APPLY, reserved);
      try {
        for (LayerItem item : items) {
          if (item.entry().path().contains(".wh.")) {
            writer.visit(item.entry(), InputStream.nullInputStream());
          } else {
            writer.write(item.entry(), item.content().open());
          }
        }
        writer.finish();
      } catch (ReservedPathException e) {
        // As good.
      }
      nothingThatWasThereHasChanged();
      Files.deleteIfExists(root.resolve("way"));
    }
  }

  @Test
  void aHostileLayerReachesNothingThroughLinks() throws IOException {
    List<PackedLayer> layers =
        List.of(
            layer(link("a", "/own"), link("var/run", "/a"), file("var/run/program", "evil")),
            layer(link("a", "../own"), link("var/run", "../a/."), file("var/run/new", "evil")),
            layer(link("a", "/home"), link("var/run", "/a"), file("var/run/me", "evil")),
            layer(link("var/run", "/var/run"), file("var/run/new", "evil")),
            layer(
                link("a", "/"), link("var/run", "/a/repository"), file("var/run/Dockerfile", "x")),
            layer(hardLink("mine", "own/program")),
            layer(link("a", "/own"), hardLink("mine", "a/program")));
    try (InPlace place = open()) {
      for (PackedLayer layer : layers) {
        assertThatThrownBy(() -> place.fill(List.of(layer), List.of()))
            .isInstanceOf(IOException.class);
        nothingThatWasThereHasChanged();
        assertThat(root.resolve("own/new")).doesNotExist();
        assertThat(root.resolve("mine")).doesNotExist();
      }
    }
  }

  @Test
  void aLinkWithAMountBelowItIsFollowedAllTheSame() throws IOException {
    PackedLayer base =
        layer(directory("run"), directory("var"), link("var/run", "/run"), file("run/here", ""));
    try (InPlace place = open()) {
      RootFilesystem stage = place.fill(List.of(base), List.of());
      assertThat(stage.tree().resolve("var/run/x", true)).isEqualTo("run/x");
      stage.beginRun(List.of());
      assertThat(root.resolve("var/run/here")).isSymbolicLink();
      write("var/run/sshd/pid", "1");
      assertThat(paths(stage.endRun()))
          .containsExactly("DIRECTORY run", "DIRECTORY run/sshd", "FILE run/sshd/pid");
      stage.beginRun(List.of());
      assertThat(stage.endRun().isEmpty()).isTrue();
    }
  }

  @Test
  void whatAKilledBuildHasLeftIsDeletedAndNothingElse() throws IOException {
    InPlace killed = open();
    killed.fill(List.of(layer(file("leftover", "x"))), List.of());
    assertThatThrownBy(this::open).hasMessageContaining("another build is at it");
    Path kept = scratch.resolve("record");
    Files.copy(record, kept);
    killed.close();
    // As if it had not been closed.
    Files.copy(kept, record);
    write("leftover", "x");
    try (InPlace next = open()) {
      next.fill(List.of(), List.of());
      assertThat(root.resolve("leftover")).doesNotExist();
    }
  }

  @Test
  void aRecordThatWasNotFinishedIsNone() throws IOException {
    try (InPlace place = open()) {
      Files.copy(record, scratch.resolve("record"));
      place.fill(List.of(), List.of());
    }
    byte[] whole = Files.readAllBytes(scratch.resolve("record"));
    for (int length : new int[] {0, 1, whole.length / 2, whole.length - 2, whole.length - 1}) {
      Files.write(record, Arrays.copyOf(whole, length));
      try (InPlace place = open()) {
        assertThat(record).hasSameBinaryContentAs(scratch.resolve("record"));
        place.fill(List.of(), List.of());
      }
      nothingThatWasThereHasChanged();
    }
  }

  @Test
  void directoriesComeBackWithTheirOwnersAndModes() throws IOException {
    Path[] directories = {root.resolve("tmp"), root.resolve("home/me"), root.resolve("srv")};
    Files.createDirectory(directories[2]);
    for (Path directory : directories) {
      Files.setAttribute(directory, "unix:uid", 1000);
      Files.setAttribute(directory, "unix:gid", 1001);
      Files.setAttribute(directory, "unix:mode", 03770);
    }
    try (InPlace place = open()) {
      place.fill(
          List.of(layer(directory("home"), directory("home/me"), directory("tmp"))), List.of());
      assertThat(FileStat.of(root.resolve("home/me")).permissions()).isEqualTo(0755);
    }
    for (Path directory : directories) {
      FileStat stat = FileStat.of(directory);
      assertThat(stat.uid()).isEqualTo(1000);
      assertThat(stat.gid()).isEqualTo(1001);
      assertThat(stat.permissions()).isEqualTo(03770);
    }
  }
}
