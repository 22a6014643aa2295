package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The extracted layers of a store. Nothing is flushed to the disk when one is kept, so after a
 * crash of the machine files of it may be missing or short. The mark of a tree says therefore in
 * which boot of the machine it was whole, and how many files and bytes it has: in another boot they
 * are counted once, before it is used. Safe for use by many builds at once.
 */
public final class StoredTrees {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final ContentStore store;
  private final Path scratch;
  private final Consumer<String> damage;
  private final String boot;

  /**
   * @param scratch of the build, on the store's file system
   * @param damage told about what had to be thrown away
   */
  public StoredTrees(ContentStore store, Path scratch, Consumer<String> damage) {
    this(store, scratch, damage, currentBoot());
  }

  StoredTrees(ContentStore store, Path scratch, Consumer<String> damage, String boot) {
    this.store = store;
    this.scratch = scratch;
    this.damage = damage;
    this.boot = boot + " ";
  }

  private static String currentBoot() {
    try {
      return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      // Where nobody can tell, the machine counts as one that has never crashed.
      return "unknown";
    }
  }

  /** A tree that is in the store. What is damaged is removed, as if it were not there. */
  public Optional<Path> find(Digest diffId) throws IOException {
    Optional<Path> tree = store.tree(diffId);
    if (tree.isEmpty() || mark(diffId).startsWith(boot)) {
      return tree;
    }
    Optional<String> counted = StoreInventory.count(tree.get());
    if (counted.isEmpty()) {
      // Made in another user namespace, in which it will be counted.
      return tree;
    }
    List<String> said = new ArrayList<>();
    Optional<Path> whole =
        store.lock().exclusive(() -> verified(tree.get(), diffId, counted.get(), said));
    // Whoever is told may be slow, and the lock is everybody's.
    said.forEach(damage);
    return whole;
  }

  /**
   * What has been counted is kept or thrown away, under the lock.
   *
   * @param said gets what is to be told
   */
  Optional<Path> verified(Path tree, Digest diffId, String counted, List<String> said)
      throws IOException {
    String mark = mark(diffId);
    if (mark.startsWith(boot)) {
      // Another build was faster, and may have put another tree there since this one was counted.
      return store.tree(diffId);
    }
    boolean whole = mark.replaceFirst("\\S* ", "").equals(counted);
    try {
      if (whole) {
        write(diffId, boot + counted);
        return Optional.of(tree);
      }
      Files.move(
          tree,
          Files.createTempDirectory(scratch, "damaged-").resolve("t"),
          StandardCopyOption.ATOMIC_MOVE);
      said.add("removed the files of layer " + diffId.shortHex() + ", which may be damaged");
    } catch (NoSuchFileException e) {
      // Collected just now.
    }
    return Optional.empty();
  }

  /**
   * Takes a tree in.
   *
   * @param verified a directory of this store's build directory, extracted from bytes that have
   *     this diffID
   * @return where it is from now on: the tree of another build if that was faster
   */
  public Path put(Path verified, Digest diffId) throws IOException {
    Optional<Path> there = find(diffId);
    return there.isPresent() ? there.get() : store.commitTree(verified, diffId, boot);
  }

  /** Counts what is in a tree that has been put, for the time after a crash. */
  public void count(Digest diffId) throws IOException {
    Optional<Path> tree = store.tree(diffId);
    Optional<Object> identity = tree.isPresent() ? identity(tree.get()) : Optional.empty();
    if (identity.isPresent() && mark(diffId).equals(boot)) {
      Optional<String> counted = StoreInventory.count(tree.get());
      if (counted.isPresent()) {
        counted(tree.get(), diffId, identity.get(), counted.get());
      }
    }
  }

  /**
   * Writes down what has been counted, if it was of the tree that is there.
   *
   * @param identity of the tree that was counted
   */
  void counted(Path tree, Digest diffId, Object identity, String counted) throws IOException {
    store
        .lock()
        .shared(
            () -> {
              // It may have been collected meanwhile, and made anew.
              if (mark(diffId).equals(boot) && identity(tree).equals(Optional.of(identity))) {
                write(diffId, boot + counted);
              }
              return tree;
            });
  }

  static Optional<Object> identity(Path tree) throws IOException {
    return StoreInventory.attributes(tree).map(BasicFileAttributes::fileKey);
  }

  private String mark(Digest diffId) throws IOException {
    try {
      return Files.readString(file(diffId), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private Path write(Digest diffId, String text) throws IOException {
    Path mark = Files.writeString(file(diffId), text, StandardCharsets.US_ASCII);
    ContentStore.touch(mark);
    return mark;
  }

  private Path file(Digest diffId) {
    return ContentStore.useOf(store.directory(), diffId.hex());
  }
}
