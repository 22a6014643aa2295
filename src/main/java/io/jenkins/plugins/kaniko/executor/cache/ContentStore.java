package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The store of one user on one machine, shared by all builds that run there at once:
 *
 * <pre>
 * blobs/sha256/HEX    compressed layers by digest
 * trees/HEX           extracted layers by diffID, as overlayfs shows them
 * indexes/HEX         what layers say about paths, by diffID
 * records/HEX         what steps made, by cache key
 * used/HEX            its time is when the tree was last of use; see {@link StoredTrees}
 * hints/HEX           Dockerfiles that have been built here
 * builds/ID           what one running build needs; gone when it ends
 * </pre>
 *
 * <p>Something enters under its final name only by a rename, after its bytes have been verified;
 * what is there already is as good. Its directories are 0700: inside them, modes and owners are
 * those of images. Whoever gets an entry marks it as used now, so that it stays as long as the
 * build runs ({@link StoreCollector}).
 */
public final class ContentStore {
  private static final int TYPE_MASK = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int WRITABLE_BY_OTHERS = 0022;

  private final Path directory;
  private final StoreLock lock;

  private ContentStore(Path directory) {
    this.directory = directory;
    this.lock = new StoreLock(directory.resolve("lock"));
  }

  /**
   * Opens a store and makes it if need be.
   *
   * @throws IOException also when the store belongs to somebody else or others can write to it
   */
  public static ContentStore open(Path directory) throws IOException {
    Path real = directory.toAbsolutePath();
    if (!Files.isDirectory(real)) {
      if (real.getParent() != null) {
        Files.createDirectories(real.getParent());
      }
      makePrivate(real);
    }
    real = real.toRealPath();
    requireOurs(real);
    for (String name :
        List.of(
            "blobs", "blobs/sha256", "trees", "indexes", "used", "records", "hints", "builds")) {
      makePrivate(real.resolve(name));
    }
    return new ContentStore(real);
  }

  /** Images hold setuid programs: nobody else may come near their files. */
  private static void makePrivate(Path directory) throws IOException {
    Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rwx------");
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ownerOnly));
    } catch (FileAlreadyExistsException e) {
      requireOurs(directory);
      if (!Files.getPosixFilePermissions(directory).equals(ownerOnly)) {
        Files.setPosixFilePermissions(directory, ownerOnly);
      }
    }
  }

  private static void requireOurs(Path directory) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(directory, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) found.get("mode");
    if ((mode & TYPE_MASK) != DIRECTORY) {
      throw new IOException(
          "tried to use the store " + directory + ", but it is not a directory; name another");
    }
    if (!found.get("uid").equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new IOException(
          "tried to use the store "
              + directory
              + ", but it belongs to another user, who could change what is built; name another");
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      throw new IOException(
          "tried to use the store "
              + directory
              + ", but others may write to it and change what is built; take that right away (chmod"
              + " go-w) if you trust its content, or name another");
    }
  }

  /** Where the store lies, symlinks resolved. */
  public Path directory() {
    return directory;
  }

  /** A private directory for one build; what dead builds have left is deleted first. */
  public BuildDirectory beginBuild() throws IOException {
    return BuildDirectory.create(builds());
  }

  /**
   * Deletes what dead builds have left, as far as it belongs to the user namespace of this process.
   */
  public void sweep() throws IOException {
    BuildDirectory.sweep(builds());
  }

  /** A blob that is in the store. */
  public Optional<Path> blob(Digest digest) throws IOException {
    return used(blobPath(digest));
  }

  /** Whether a blob is there with its full length; says nothing of its content. */
  boolean hasBlob(Descriptor descriptor) {
    return blobPath(descriptor.digest()).toFile().length() == descriptor.size();
  }

  /**
   * Takes a blob in, as a hard link: whoever reads the file in the build's directory can go on.
   *
   * @param verified a file of this store's build directory, whose bytes have this digest
   * @return where it is for other builds
   */
  public Path commitBlob(Path verified, Digest digest) throws IOException {
    Path target = blobPath(digest);
    return lock.shared(
        () -> {
          try {
            Files.createLink(target, verified);
          } catch (FileAlreadyExistsException e) {
            // As good.
          }
          touch(target);
          return target;
        });
  }

  /** Throws a blob away that has turned out to be damaged. */
  public void removeBlob(Digest digest) throws IOException {
    Files.deleteIfExists(blobPath(digest));
  }

  /** Whether {@link #note} has been called with this key, by whatever build. */
  public boolean isNoted(CacheKey key) {
    return Files.exists(directory.resolve("hints").resolve(key.hex()));
  }

  /** Remembers a key, for other builds. */
  public void note(CacheKey key) throws IOException {
    Path hint = directory.resolve("hints").resolve(key.hex());
    lock.shared(
        () -> {
          mark(hint);
          return hint;
        });
  }

  /** An extracted layer that is in the store; {@link StoredTrees} knows whether it is whole. */
  Optional<Path> tree(Digest diffId) throws IOException {
    Path tree = treePath(diffId);
    return lock.shared(
        () -> {
          Optional<Path> found = existing(tree);
          if (found.isPresent()) {
            mark(useOf(directory, diffId.hex()));
          }
          return found;
        });
  }

  /**
   * Takes an extracted layer in, or keeps the one that is there.
   *
   * @param note is kept in its mark
   */
  Path commitTree(Path verified, Digest diffId, String note) throws IOException {
    Path target = treePath(diffId);
    Path mark = useOf(directory, diffId.hex());
    return lock.shared(
        () -> {
          mark(mark);
          try {
            Files.move(verified, target, StandardCopyOption.ATOMIC_MOVE);
            Files.writeString(mark, note, StandardCharsets.US_ASCII);
            touch(mark);
          } catch (FileSystemException e) {
            if (existing(target).isEmpty()) {
              throw e;
            }
          }
          return target;
        });
  }

  /** An index of a layer that is in the store. */
  public Optional<Path> index(Digest diffId) throws IOException {
    return used(indexPath(diffId));
  }

  /**
   * Takes an index in.
   *
   * @param file of this store's build directory, made from bytes that have this diffID
   */
  public void commitIndex(Path file, Digest diffId) throws IOException {
    keep(file, indexPath(diffId));
  }

  /** Puts a file of a build in the place of what is there, with the time of now. */
  void keep(Path file, Path target) throws IOException {
    lock.shared(
        () -> {
          touch(file);
          return Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        });
  }

  /** Throws an index away that has turned out to be damaged. */
  public void removeIndex(Digest diffId) throws IOException {
    Files.deleteIfExists(indexPath(diffId));
  }

  private Path indexPath(Digest diffId) {
    return directory.resolve("indexes").resolve(diffId.hex());
  }

  private Path blobPath(Digest digest) {
    return directory.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }

  private Path treePath(Digest diffId) {
    return directory.resolve("trees").resolve(diffId.hex());
  }

  /** The file whose time says when a tree was last of use; the tree's own belongs to an image. */
  static Path useOf(Path directory, String tree) {
    return directory.resolve("used").resolve(tree);
  }

  Path builds() {
    return directory.resolve("builds");
  }

  StoreLock lock() {
    return lock;
  }

  private Optional<Path> used(Path file) throws IOException {
    return lock.shared(
        () -> {
          Optional<Path> found = existing(file);
          if (found.isPresent()) {
            touch(file);
          }
          return found;
        });
  }

  /** Gives a file the time of now, and makes it if need be. */
  static void mark(Path file) throws IOException {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // Not the first time.
    }
    touch(file);
  }

  /** Gives a file the time of now, which is finer than the one that the kernel gives. */
  static void touch(Path file) throws IOException {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (NoSuchFileException e) {
      // Thrown away just now.
    }
  }

  private static Optional<Path> existing(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? Optional.of(path) : Optional.empty();
  }
}
