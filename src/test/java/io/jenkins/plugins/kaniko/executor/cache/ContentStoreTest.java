package io.jenkins.plugins.kaniko.executor.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S24 and S25. */
@Tag("S24")
@Tag("S25")
class ContentStoreTest {
  private static final Digest DIGEST = Digest.ofSha256(new byte[32]);

  @TempDir Path directory;

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aNewStoreIsPrivate() throws Exception {
    Path store = ContentStore.open(directory.resolve("a/store")).directory();
    assertThat(mode(store)).isEqualTo("rwx------");
    for (String name : List.of("blobs", "trees", "builds")) {
      assertThat(mode(store.resolve(name))).isEqualTo("rwx------");
    }
  }

  @Test
  void whatLiesInAReadableStoreIsPrivateAllTheSame() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(directory.resolve("trees"));
    ContentStore.open(directory);
    assertThat(mode(directory.resolve("trees"))).isEqualTo("rwx------");
    assertThat(mode(directory)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void aStoreThatOthersMayWriteToIsRefused() throws Exception {
    for (String mode : List.of("rwxrwx---", "rwx----w-")) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(() -> ContentStore.open(directory))
          .hasMessageContaining("others may write");
    }
  }

  @Test
  void aStoreOfSomebodyElseIsRefused() throws Exception {
    TestUser root = TestUsers.root();
    Files.setAttribute(directory, "unix:uid", root.uid() + 12345);
    assertThatThrownBy(() -> ContentStore.open(directory)).hasMessageContaining("another user");
    Files.setAttribute(directory, "unix:uid", root.uid());
    Path trees = Files.createDirectory(directory.resolve("trees"));
    Files.setAttribute(trees, "unix:uid", 12345);
    assertThatThrownBy(() -> ContentStore.open(directory)).hasMessageContaining("another user");
  }

  @Test
  void aDirectoryOfTheStoreMayNotBeASymlink() throws Exception {
    Files.createSymbolicLink(directory.resolve("trees"), Path.of("/tmp"));
    assertThatThrownBy(() -> ContentStore.open(directory)).hasMessageContaining("not a directory");
  }

  @Test
  void whatIsCommittedFirstStays() throws Exception {
    ContentStore store = ContentStore.open(directory);
    try (BuildDirectory build = store.beginBuild()) {
      for (String name : List.of("first", "second")) {
        Path tree = Files.createDirectory(build.path().resolve(name));
        Files.createFile(tree.resolve(name));
        store.commitTree(tree, DIGEST, "");
        store.commitBlob(Files.writeString(build.path().resolve("blob"), "same"), DIGEST);
      }
    }
    assertThat(store.tree(DIGEST).orElseThrow().resolve("first")).exists();
    assertThat(store.blob(DIGEST).orElseThrow()).hasContent("same");
  }

  @Test
  void aKilledBuildIsSweptAndALivingOneIsNot() throws Exception {
    ContentStore store = ContentStore.open(directory);
    Process other =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                Builder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8));
        BuildDirectory mine = store.beginBuild();
        BuildDirectory another = store.beginBuild()) {
      Path theirs = Path.of(reader.readLine());
      assertThat(theirs.resolve("file")).exists();
      store.sweep();
      assertThat(theirs.resolve("file")).exists();
      other.destroyForcibly().waitFor();
      try (BuildDirectory third = store.beginBuild()) {
        assertThat(theirs).doesNotExist();
        assertThat(third.path()).isNotEqualTo(mine.path());
      }
      assertThat(mine.path()).exists();
      assertThat(another.path()).exists();
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(directory.resolve("builds")).isEmptyDirectory();
  }

  /** A build in a process of its own. */
  static final class Builder {
    public static void main(String[] args) throws Exception {
      BuildDirectory build = ContentStore.open(Path.of(args[0])).beginBuild();
      Files.createFile(build.path().resolve("file"));
      System.out.println(build.path());
      Thread.sleep(600_000);
    }
  }
}
