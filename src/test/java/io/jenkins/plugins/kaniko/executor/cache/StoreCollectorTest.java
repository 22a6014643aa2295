package io.jenkins.plugins.kaniko.executor.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCollectorTest {
  private static final OptionalLong NO_LIMIT = OptionalLong.empty();

  private final Instant now = Instant.now();

  @TempDir private Path directory;
  private ContentStore store;
  private StoreCollector collector;

  @BeforeEach
  void open() throws IOException {
    store = ContentStore.open(directory);
    collector = new StoreCollector(store);
  }

  private static byte[] content(int size) {
    return "x".repeat(size).getBytes(StandardCharsets.UTF_8);
  }

  private static Digest digest(int size) {
    return Digest.sha256(content(size));
  }

  private Path blob(int size, int hoursAgo) throws IOException {
    try (BuildDirectory build = store.beginBuild()) {
      Path file = Files.write(build.path().resolve("blob"), content(size));
      return aged(store.commitBlob(file, digest(size)), hoursAgo);
    }
  }

  private Path tree(int size, int hoursAgo) throws IOException {
    try (BuildDirectory build = store.beginBuild()) {
      Path tree = Files.createDirectory(build.path().resolve("tree"));
      Files.write(Files.createDirectory(tree.resolve("below")).resolve("file"), content(size));
      Path kept = aged(store.commitTree(tree, digest(size), ""), hoursAgo);
      aged(ContentStore.useOf(directory, digest(size).hex()), hoursAgo);
      return kept;
    }
  }

  private Path aged(Path file, int hoursAgo) throws IOException {
    return Files.setLastModifiedTime(file, FileTime.from(now.minus(Duration.ofHours(hoursAgo))));
  }

  private Path record(int layer) throws IOException {
    CacheKey key = CacheKey.of("test").number("layer", layer).build();
    CacheRecord record =
        new CacheRecord(
            now,
            Optional.empty(),
            Optional.empty(),
            Optional.of(
                new CacheRecord.Layer(
                    digest(layer), Descriptor.of(MediaTypes.OCI_LAYER_GZIP, digest(layer), layer))),
            new CacheRecord.Counts(0, 0, 0, 0));
    try (BuildDirectory build = store.beginBuild()) {
      new CacheRecords(store, build.path(), text -> {}).put(key, record);
    }
    return directory.resolve("records").resolve(key.hex());
  }

  private StoreCollector.Collected downTo(long bytes) throws IOException {
    return collector.collect(OptionalLong.of(bytes), Optional.empty(), Instant.now());
  }

  @Test
  void whatWasOfNoUseForTheLongestTimeGoesFirst() throws IOException {
    Path older = blob(1000, 3);
    Path tree = tree(2000, 2);
    Path newer = blob(1500, 1);
    Path ofOlder = record(1000);
    Path ofNewer = record(1500);
    long records = Files.size(ofOlder) + Files.size(ofNewer);

    assertThat(downTo(4500 + records)).isEqualTo(new StoreCollector.Collected(0, 0));
    assertThat(downTo(4499 + records)).isEqualTo(new StoreCollector.Collected(1, 1000));
    assertThat(older).doesNotExist();
    assertThat(ofOlder).as("nobody can use it").doesNotExist();
    assertThat(ofNewer).exists();
    assertThat(tree.resolve("below/file")).exists();

    assertThat(store.tree(digest(2000))).as("used just now").contains(tree);
    assertThat(downTo(2000 + records).bytes()).isEqualTo(1500);
    assertThat(newer).doesNotExist();
    assertThat(tree).exists();

    assertThat(downTo(0).bytes()).isEqualTo(2000);
    try (Stream<Path> left = Files.walk(directory)) {
      assertThat(left.filter(Files::isRegularFile)).containsExactly(directory.resolve("lock"));
    }
  }

  @Test
  void aFileOfManyNamesIsCountedOnce() throws IOException {
    Path below = tree(2000, 1).resolve("below");
    Files.createLink(below.resolve("same"), below.resolve("file"));
    assertThat(collector.entries()).extracting(StoreEntry::bytes).containsExactly(2000L);
  }

  @Test
  void whatIsTooOldGoesWhateverItsKind() throws IOException {
    blob(10, 5);
    tree(20, 5);
    Path young = blob(30, 3);
    store.note(CacheKey.of("old").build());
    aged(directory.resolve("hints").resolve(CacheKey.of("old").build().hex()), 5);
    StoreCollector.Collected taken =
        collector.collect(OptionalLong.empty(), Optional.of(Duration.ofHours(4)), now);
    assertThat(taken).isEqualTo(new StoreCollector.Collected(3, 30));
    assertThat(collector.entries()).extracting(StoreEntry::path).containsExactly(young);
  }

  @Test
  void whatABuildOfAnotherProcessUsesStays() throws Exception {
    Path used = blob(10, 5);
    Path usedTree = tree(20, 5);
    Path unused = blob(30, 5);
    Process other =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                User.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(reader.readLine()).isEqualTo("ready");
      downTo(0);
      assertThat(used).exists();
      assertThat(usedTree).exists();
      assertThat(unused).doesNotExist();
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(downTo(0).entries()).as("its user is dead").isEqualTo(2);
    assertThat(directory.resolve("builds")).isEmptyDirectory();
  }

  @Test
  void whatABuildUsesThatBeginsDuringTheListingStays() throws Exception {
    Path used = blob(10, 5);
    Path unused = blob(30, 5);
    // As if the build had marked it after the collector looked for builds.
    Files.setLastModifiedTime(used, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(downTo(0)).isEqualTo(new StoreCollector.Collected(1, 30));
    assertThat(used).exists();
    assertThat(unused).doesNotExist();
  }

  @Test
  void aTreeThatNobodyHasMarkedStaysAndIsMarked() throws Exception {
    Path tree = tree(20, 5);
    aged(tree, 100);
    Path mark = ContentStore.useOf(directory, digest(20).hex());
    Files.delete(mark);
    assertThat(downTo(0).entries()).isZero();
    assertThat(tree).exists();
    assertThat(mark).exists();
    assertThat(downTo(0).entries()).as("nobody has used it since").isOne();
  }

  @Test
  void whatIsKeptWhileOrphansAreForgottenStays() throws Exception {
    Path mark = ContentStore.useOf(directory, digest(20).hex());
    Path blob = blob(10, 0);
    Path record = record(10);
    String whole = Files.readString(record);
    Files.writeString(record, "damaged");
    store
        .lock()
        .shared(
            () -> {
              // As commitTree does: the mark, then the tree.
              ContentStore.mark(mark);
              Thread other = blocked(() -> collector.collect(NO_LIMIT, Optional.empty(), now));
              Files.createDirectory(directory.resolve("trees").resolve(digest(20).hex()));
              Files.writeString(record, whole);
              return other;
            })
        .join();
    assertThat(mark).exists();
    assertThat(record).exists();
    assertThat(blob).exists();
  }

  @Test
  void nothingIsReplacedWhileItIsTakenAway() throws Exception {
    Path record = record(10);
    Files.delete(record);
    store
        .lock()
        .exclusive(
            () -> {
              Thread other = blocked(() -> record(10));
              assertThat(record).doesNotExist();
              return other;
            })
        .join();
    assertThat(record).exists();
  }

  /** Another thread that does something, and has ended or waits for us. */
  private static Thread blocked(Callable<?> action) {
    Thread thread = new Thread(new FutureTask<>(action));
    thread.start();
    while (thread.getState() != Thread.State.BLOCKED && thread.isAlive()) {
      Thread.onSpinWait();
    }
    return thread;
  }

  /** A build in a process of its own that uses two entries. */
  static final class User {
    public static void main(String[] args) throws Exception {
      ContentStore store = ContentStore.open(Path.of(args[0]));
      store.beginBuild();
      boolean used = store.blob(digest(10)).isPresent() && store.tree(digest(20)).isPresent();
      System.out.println(used ? "ready" : "missing");
      Thread.sleep(600_000);
    }
  }

  @Test
  void aCacheMountGoesUnlessSomebodyHasIt() throws Exception {
    CacheMounts mounts = CacheMounts.of(store, "job");
    CacheMounts.Filler<IOException> filler =
        made -> Files.write(made.resolve("made"), content(100));
    Path held;
    Path free;
    try (CacheMounts.Lease mine = lease(mounts, "mine", filler)) {
      try (CacheMounts.Lease other = lease(mounts, "other", filler)) {
        held = mine.directory();
        free = other.directory();
      }
      assertThat(collector.entries())
          .extracting(StoreEntry::kind, StoreEntry::bytes)
          .allMatch(each -> each.toList().equals(List.of(StoreEntry.Kind.MOUNT, 100L)))
          .hasSize(2);
      downTo(0);
      assertThat(held).exists();
      assertThat(free).doesNotExist();
      Files.write(held.resolve("more"), content(11));
    }
    try (CacheMounts.Lease again = lease(mounts, "mine", filler)) {
      assertThat(again.directory().resolve("more")).exists();
    }
    assertThat(collector.entries()).extracting(StoreEntry::bytes).containsExactly(111L);
    assertThat(downTo(0).bytes()).isEqualTo(111);
    try (CacheMounts.Lease anew = lease(mounts, "mine", filler)) {
      assertThat(anew.directory().resolve("more")).doesNotExist();
      assertThat(anew.directory().resolve("made")).exists();
    }
  }

  private static CacheMounts.Lease lease(
      CacheMounts mounts, String identity, CacheMounts.Filler<IOException> filler)
      throws IOException, InterruptedException {
    return mounts.lease(identity, CacheMounts.Sharing.SHARED, filler, () -> {});
  }

  @Test
  void nothingIsTakenFromBuildsThatBeginAndEndMeanwhile() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicBoolean done = new AtomicBoolean();
    try {
      List<Future<Integer>> builds = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int seed = i;
        builds.add(threads.submit(() -> builds(new Random(seed))));
      }
      Future<Integer> collected =
          threads.submit(
              () -> {
                int taken = 0;
                while (!done.get()) {
                  taken += downTo(0).entries();
                }
                return taken;
              });
      for (Future<Integer> build : builds) {
        build.get();
      }
      done.set(true);
      assertThat(collected.get()).isPositive();
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
    assertThat(directory.resolve("builds")).isEmptyDirectory();
  }

  /** Uses entries and looks at the end of each build whether they are still there. */
  private int builds(Random random) throws IOException {
    int found = 0;
    for (int build = 0; build < 60; build++) {
      try (BuildDirectory mine = store.beginBuild()) {
        List<Path> used = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          int size = 1 + random.nextInt(20);
          Optional<Path> blob = store.blob(digest(size));
          if (blob.isEmpty()) {
            Path file = Files.write(mine.path().resolve("blob" + i), content(size));
            blob = Optional.of(store.commitBlob(file, digest(size)));
          } else {
            found++;
          }
          used.add(blob.get());
          Optional<Path> tree = store.tree(digest(size));
          if (tree.isEmpty()) {
            Path fresh = Files.createDirectory(mine.path().resolve("tree" + i));
            Files.write(fresh.resolve("file"), content(size));
            tree = Optional.of(store.commitTree(fresh, digest(size), ""));
          }
          used.add(tree.get().resolve("file"));
        }
        assertThat(used).allSatisfy(each -> assertThat(each).exists());
      }
    }
    return found;
  }
}
