package io.jenkins.plugins.kaniko.executor.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.cache.CacheMounts.Lease;
import io.jenkins.plugins.kaniko.executor.cache.CacheMounts.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheMountsTest {
  @TempDir Path temporary;
  private CacheMounts mounts;

  @BeforeEach
  void open() throws IOException {
    mounts = CacheMounts.of(ContentStore.open(temporary.resolve("store")), "default");
  }

  @Test
  void whatOneUserLeavesTheNextOneFinds() throws Exception {
    try (Lease lease = lease(Sharing.SHARED)) {
      Files.writeString(lease.directory().resolve("left"), "x");
    }
    for (Sharing sharing : Sharing.values()) {
      try (Lease lease = lease(sharing)) {
        assertThat(lease.directory().resolve("left")).as(sharing.name()).exists();
        assertThat(lease.directory().resolve("filled")).exists();
      }
    }
  }

  @Test
  void identitiesAndNamespacesAreApart() throws Exception {
    ContentStore store = ContentStore.open(temporary.resolve("store"));
    try (Lease one = lease(Sharing.LOCKED);
        Lease other = mounts.lease("other", Sharing.LOCKED, d -> {}, () -> {});
        Lease job = CacheMounts.of(store, "job").lease("id", Sharing.LOCKED, d -> {}, () -> {});
        Lease odd = CacheMounts.of(store, "../x").lease("id", Sharing.LOCKED, d -> {}, () -> {})) {
      assertThat(one.directory()).isNotEqualTo(other.directory());
      assertThat(job.directory()).isNotEqualTo(one.directory());
      assertThat(odd.directory().normalize()).startsWith(store.directory().resolve("mounts"));
    }
  }

  @Test
  void aLockThatCannotBeWrittenIsGivenUp() throws Exception {
    Path lock;
    try (Lease lease = lease(Sharing.LOCKED)) {
      lock = CacheMounts.lockOf(lease.directory());
    }
    Files.delete(lock);
    Files.createSymbolicLink(lock, Path.of("/dev/full"));
    assertThatThrownBy(() -> lease(Sharing.LOCKED)).isInstanceOf(IOException.class);
    Files.delete(lock);
    Runnable waiting =
        () -> {
          throw new AssertionError("somebody holds it");
        };
    mounts.lease("id", Sharing.LOCKED, d -> {}, waiting).close();
  }

  @Test
  void sharedIsSharedAndPrivateIsNot() throws Exception {
    try (Lease first = lease(Sharing.SHARED);
        Lease second = lease(Sharing.SHARED);
        Lease alone = lease(Sharing.PRIVATE);
        Lease alsoAlone = lease(Sharing.PRIVATE)) {
      assertThat(second.directory()).isEqualTo(first.directory());
      assertThat(alone.directory()).isNotEqualTo(first.directory());
      assertThat(alsoAlone.directory()).isNotEqualTo(alone.directory());
    }
  }

  @Test
  void lockedWaitsForEverybodyElse() throws Exception {
    for (Sharing before : new Sharing[] {Sharing.SHARED, Sharing.LOCKED}) {
      Lease first = lease(before);
      CountDownLatch waits = new CountDownLatch(1);
      CompletableFuture<Path> second =
          CompletableFuture.supplyAsync(
              () -> {
                try (Lease lease = mounts.lease("id", Sharing.LOCKED, d -> {}, waits::countDown)) {
                  return lease.directory();
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      waits.await();
      assertThat(second).isNotDone();
      first.close();
      assertThat(second.get()).isEqualTo(first.directory());
    }
  }

  @Test
  void whatCouldNotBeFilledIsMadeAnew() throws Exception {
    assertThatThrownBy(
            () ->
                mounts.lease(
                    "id",
                    Sharing.SHARED,
                    directory -> {
                      Files.createFile(directory.resolve("half"));
                      throw new IOException("no more");
                    },
                    () -> {}))
        .hasMessage("no more");
    try (Lease lease = lease(Sharing.LOCKED)) {
      assertThat(lease.directory().resolve("half")).doesNotExist();
    }
  }

  @Test
  void whatWasUsedSinceItWasListedIsNotRemoved() throws Exception {
    Path slot;
    try (Lease lease = lease(Sharing.SHARED)) {
      slot = lease.directory();
    }
    Path lock = CacheMounts.lockOf(slot);
    FileTime before = FileTime.from(Instant.now().minusSeconds(60));
    Files.setLastModifiedTime(lock, before);
    Path trash = temporary.resolve("trash");
    assertThat(CacheMounts.remove(slot, before.toInstant().minusSeconds(1), trash)).isFalse();
    assertThat(Files.getLastModifiedTime(lock)).as("nobody used it").isEqualTo(before);
    lease(Sharing.SHARED).close();
    assertThat(CacheMounts.remove(slot, before.toInstant(), trash)).isFalse();
    assertThat(slot.resolve("filled")).exists();
    Instant used = Files.getLastModifiedTime(lock).toInstant();
    assertThat(CacheMounts.remove(slot, used, trash)).isTrue();
    assertThat(slot).doesNotExist();
  }

  private Lease lease(Sharing sharing) throws IOException, InterruptedException {
    return mounts.lease(
        "id",
        sharing,
        directory -> Files.createFile(directory.resolve("filled")),
        () -> assertThat(sharing).as("nobody is in the way").isNull());
  }
}
