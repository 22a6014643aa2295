package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The store of one user on one machine, shared by all builds that run there at once:
 *
 * <pre>
 * blobs/sha256/HEX    compressed layers by digest
 * trees/HEX           extracted layers by diffID, as overlayfs shows them
 * builds/ID           what one running build needs; gone when it ends
 * </pre>
 *
 * <p>Something enters under its final name only by a rename, after its bytes have been verified;
 * what is there already is as good. The store is 0700: inside it, modes and owners are those of
 * images.
 */
public final class ContentStore {
  private final Path directory;

  private ContentStore(Path directory) {
    this.directory = directory;
  }

  /** Opens a store and makes it if need be. */
  public static ContentStore open(Path directory) throws IOException {
    Path real = directory.toAbsolutePath();
    if (!Files.isDirectory(real)) {
      Files.createDirectories(real);
      Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwx------"));
    }
    real = real.toRealPath();
    Files.createDirectories(real.resolve("blobs/sha256"));
    Files.createDirectories(real.resolve("trees"));
    Files.createDirectories(real.resolve("builds"));
    return new ContentStore(real);
  }

  /** Where the store lies, symlinks resolved. */
  public Path directory() {
    return directory;
  }

  /** A private directory for one build; what dead builds have left is deleted first. */
  public BuildDirectory beginBuild() throws IOException {
    return BuildDirectory.create(directory.resolve("builds"));
  }

  /** A blob that is in the store. */
  public Optional<Path> blob(Digest digest) {
    return existing(blobPath(digest));
  }

  /**
   * Takes a blob in.
   *
   * @param verified a file of this store's build directory, whose bytes have this digest
   * @return where it is from now on
   */
  public Path commitBlob(Path verified, Digest digest) throws IOException {
    Path target = blobPath(digest);
    Files.move(
        verified, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return target;
  }

  /** An extracted layer that is in the store. */
  public Optional<Path> tree(Digest diffId) {
    return existing(treePath(diffId));
  }

  /**
   * Takes an extracted layer in.
   *
   * @param verified a directory of this store's build directory, extracted from bytes that have
   *     this diffID
   * @return where it is from now on: the tree of another build if that was faster
   */
  public Path commitTree(Path verified, Digest diffId) throws IOException {
    Path target = treePath(diffId);
    try {
      Files.move(verified, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
      return target;
    } catch (FileSystemException e) {
      if (existing(target).isEmpty()) {
        throw e;
      }
    }
    return target;
  }

  private Path blobPath(Digest digest) {
    return directory.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }

  private Path treePath(Digest diffId) {
    return directory.resolve("trees").resolve(diffId.hex());
  }

  private static Optional<Path> existing(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? Optional.of(path) : Optional.empty();
  }
}
