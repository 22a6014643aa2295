package io.jenkins.plugins.kaniko.executor.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesTest {
  @TempDir Path scratch;

  @Test
  void aTreeIsDeletedThatIsDeeperThanAPathMayBeLong() throws Exception {
    Path kept = Files.writeString(scratch.resolve("kept"), "kept");
    Path tree = Files.createDirectory(scratch.resolve("tree"));
    // Two branches of 9,000 characters, with files on the way and a symlink to what must stay.
    String script =
        "n=$(printf '%0200d' 0); for branch in a b; do cd \"$0\"; mkdir $branch; cd $branch; "
            + "for i in $(seq 45); do mkdir $n; echo > file; ln -s \"$1\" link; cd $n; done; done";
    Process process =
        new ProcessBuilder("bash", "-ec", script, tree.toString(), scratch.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();

    Trees.delete(tree);

    assertThat(Files.exists(tree, LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(kept).hasContent("kept");
  }
}
