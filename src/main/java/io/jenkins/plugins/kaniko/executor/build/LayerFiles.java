package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.layer.IndexTree;
import io.jenkins.plugins.kaniko.executor.layer.LayerIndex;
import io.jenkins.plugins.kaniko.executor.layer.LayerIndexFile;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystems;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/**
 * What the store has of a layer that was there before this build: its blob, its tree and its index;
 * each is made once, by whichever build needs it first.
 */
final class LayerFiles {
  private final BuildSession session;
  private final StageLayer layer;
  private final Descriptor descriptor;
  private final Digest diffId;
  private LayerTree tree;
  private Path verified;

  /** Makes a tree where there is none. */
  @FunctionalInterface
  interface Extraction {
    void into(Path target) throws BuildException, IOException, InterruptedException;
  }

  /**
   * @param layer asked for its blob when tree or index have to be made
   */
  LayerFiles(BuildSession session, StageLayer layer, Descriptor descriptor, Digest diffId) {
    this.session = session;
    this.layer = layer;
    this.descriptor = descriptor;
    this.diffId = diffId;
  }

  /** The blob, if the store has it; one that is not what its name says is removed. */
  Optional<Path> blob() throws IOException {
    if (verified == null) {
      Optional<Path> known = session.store().blob(descriptor.digest());
      if (known.isEmpty()) {
        return known;
      }
      if (!isWhole(known.get())) {
        session.store().removeBlob(descriptor.digest());
        session.message(
            BuildEvent.Level.WARN,
            "cache: removed the damaged layer " + descriptor.digest().shortHex());
        return Optional.empty();
      }
      verified = known.get();
    }
    return Optional.of(verified);
  }

  private boolean isWhole(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), Digest.newSha256())) {
      in.transferTo(OutputStream.nullOutputStream());
      return Digest.ofSha256(in.getMessageDigest().digest()).equals(descriptor.digest());
    }
  }

  /** The layer as a directory. */
  Path extracted(Extraction extraction) throws BuildException, IOException, InterruptedException {
    Optional<Path> known = session.trees().find(diffId);
    if (known.isPresent()) {
      return known.get();
    }
    Path target = session.temporaryDirectory("tree").resolve("t");
    extraction.into(target);
    layer.contentVerified();
    Path kept = session.trees().put(target, diffId);
    Callable<Void> count =
        () -> {
          session.trees().count(diffId);
          return null;
        };
    // Nobody waits for it: what is not counted is made anew after a crash.
    Future<Void> unused = session.background().submit(count);
    return kept;
  }

  /** What the layer says about paths. */
  LayerTree tree() throws BuildException, IOException, InterruptedException {
    if (tree == null) {
      Optional<Path> known =
          session.rootKind() == BuildSession.RootKind.NONE
              ? Optional.empty()
              : session.trees().find(diffId);
      tree =
          known.isPresent()
              ? RootFilesystems.tree(known.get())
              : new IndexTree(index(), this::content, session.temporaryDirectory("spool"));
    }
    return tree;
  }

  private LayerIndex index() throws BuildException, IOException, InterruptedException {
    Optional<Path> known = session.store().index(diffId);
    if (known.isPresent()) {
      try {
        return LayerIndexFile.read(known.get(), diffId);
      } catch (IOException e) {
        session.message(
            BuildEvent.Level.WARN, "cache: removed a damaged index of " + diffId.shortHex());
        session.store().removeIndex(diffId);
      }
    }
    LayerIndex index = LayerReader.read(layer.blob(), diffId, (entry, content) -> {});
    layer.contentVerified();
    Path file = session.temporary("index");
    LayerIndexFile.write(file, diffId, index);
    session.store().commitIndex(file, diffId);
    return index;
  }

  private Path content() throws IOException {
    try {
      return layer.blob();
    } catch (BuildException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while a layer was fetched");
    }
  }
}
