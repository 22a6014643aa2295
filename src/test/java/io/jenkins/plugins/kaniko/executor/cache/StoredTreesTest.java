package io.jenkins.plugins.kaniko.executor.cache;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTreesTest {
  private static final Digest DIFF_ID = Digest.ofSha256(new byte[32]);

  @TempDir private Path directory;
  private ContentStore store;
  private final List<String> damage = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    store = ContentStore.open(directory.resolve("store"));
  }

  private StoredTrees trees(String boot) throws IOException {
    return new StoredTrees(store, Files.createTempDirectory(directory, "build"), damage::add, boot);
  }

  private Path put(StoredTrees trees) throws IOException {
    Path tree = Files.createDirectories(Files.createTempDirectory(directory, "made").resolve("t"));
    Files.writeString(Files.createDirectory(tree.resolve("below")).resolve("file"), "content");
    return trees.put(tree, DIFF_ID);
  }

  @Test
  void aTreeThatSurvivedACrashWholeIsKept() throws Exception {
    Path tree = put(trees("first"));
    trees("first").count(DIFF_ID);
    assertThat(trees("second").find(DIFF_ID)).contains(tree);
    assertThat(trees("third").find(DIFF_ID)).contains(tree);
    assertThat(damage).isEmpty();
  }

  @Test
  void aTreeThatLostSomethingInACrashIsRemovedAndSaidOnce() throws Exception {
    for (String loss : List.of("", "con", "gone")) {
      damage.clear();
      Path tree = put(trees("first" + loss));
      trees("first" + loss).count(DIFF_ID);
      if (loss.equals("gone")) {
        Files.delete(tree.resolve("below/file"));
      } else {
        Files.writeString(tree.resolve("below/file"), loss);
      }
      StoredTrees second = trees("second" + loss);
      assertThat(second.find(DIFF_ID)).isEmpty();
      assertThat(second.find(DIFF_ID)).isEmpty();
      assertThat(damage).hasSize(1);
      assertThat(tree).doesNotExist();
    }
  }

  @Test
  void aTreeOfWhichNothingIsKnownIsMadeAnewAfterACrash() throws Exception {
    put(trees("first"));
    assertThat(trees("second").find(DIFF_ID)).as("never counted").isEmpty();
    Path tree = put(trees("second"));
    trees("second").count(DIFF_ID);
    Files.writeString(ContentStore.useOf(store.directory(), DIFF_ID.hex()), "");
    assertThat(trees("second").find(DIFF_ID)).as("the mark is damaged").isEmpty();
    assertThat(tree).doesNotExist();
  }

  @Test
  void whatAnotherBuildHasCountedMeanwhileStays() throws Exception {
    Path tree = put(trees("first"));
    StoredTrees second = trees("second");
    Files.delete(tree.resolve("below/file"));
    put(second);
    second.count(DIFF_ID);
    assertThat(trees("second").verified(tree, DIFF_ID, "1 0", damage)).contains(tree);
    assertThat(trees("third").find(DIFF_ID)).as("counted as it is now").contains(tree);
  }

  @Test
  void whatWasCountedOfATreeThatIsNoLongerThereIsForgotten() throws Exception {
    StoredTrees trees = trees("first");
    Path tree = put(trees);
    Object identity = StoredTrees.identity(tree).orElseThrow();
    // As the collector does it; the other tree keeps its inode for itself.
    Files.move(tree, directory.resolve("collected"));
    Path mark = ContentStore.useOf(store.directory(), DIFF_ID.hex());
    Files.delete(mark);
    trees.counted(tree, DIFF_ID, identity, "1 0");
    assertThat(mark).doesNotExist();

    put(trees);
    trees.counted(tree, DIFF_ID, identity, "1 0");
    trees.count(DIFF_ID);
    assertThat(trees("second").find(DIFF_ID)).as("counted as it is now").contains(tree);
  }

  @Test
  void whoeverIsToldOfDamageKeepsNobodyWaiting() throws Exception {
    Path tree = put(trees("first"));
    Files.writeString(tree.resolve("below/file"), "");
    Path scratch = Files.createTempDirectory(directory, "build");
    StoredTrees second =
        new StoredTrees(
            store,
            scratch,
            text ->
                damage.add(CompletableFuture.supplyAsync(this::lock).orTimeout(20, SECONDS).join()),
            "second");
    assertThat(second.find(DIFF_ID)).isEmpty();
    assertThat(damage).containsExactly("locked");
  }

  private String lock() {
    try {
      return store.lock().exclusive(() -> "locked");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aDamagedTreeIsReplacedByOneThatIsMadeInItsPlace() throws Exception {
    Path tree = put(trees("first"));
    Files.writeString(tree.resolve("below/file"), "");
    assertThat(put(trees("second"))).isEqualTo(tree);
    assertThat(tree.resolve("below/file")).hasContent("content");
    assertThat(put(trees("second"))).as("as good").isEqualTo(tree);
    assertThat(damage).hasSize(1);
  }
}
