package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.layer.IndexTree;
import io.jenkins.plugins.kaniko.executor.layer.LayerBlob;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.layer.LayerWriter;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystems;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/** A layer that a step of this build made; it is written beside the steps that follow. */
final class OwnLayer implements StageLayer {
  private record Written(LayerBlob layer, Path file) {}

  private final BuildSession session;
  private final Future<Written> written;
  private final Optional<Path> directory;
  private LayerTree tree;
  private Path extracted;

  private OwnLayer(BuildSession session, Future<Written> written, Optional<Path> directory) {
    this.session = session;
    this.written = written;
    this.directory = directory;
  }

  /**
   * Starts to write a layer.
   *
   * @param directory the same changes as an overlay's lower layer, where there is one
   */
  static OwnLayer write(
      BuildSession session, String mediaType, List<LayerItem> items, Optional<Path> directory) {
    LayerOptions options = session.request().layerOptions();
    List<LayerItem> fixed = options.times().of(items);
    Future<Written> written =
        session
            .background()
            .submit(
                () -> {
                  Path file = session.temporary("layer");
                  return new Written(
                      LayerWriter.write(file, mediaType, options.level(), fixed), file);
                });
    return new OwnLayer(session, written, directory);
  }

  /** Waits until the layer is on disk. */
  void await() throws BuildException, InterruptedException {
    Failures.await(written);
  }

  /** Gives the directory to the store, if the layer has been written; for when all is done. */
  void keepTree() throws BuildException, IOException, InterruptedException {
    // The times in the directory may not be those of the layer.
    boolean equal = session.request().layerOptions().times().epoch().isEmpty();
    if (equal && directory.isPresent() && written.isDone() && !written.isCancelled()) {
      session.trees().put(directory.get(), diffId());
      session.trees().count(diffId());
    }
  }

  @Override
  public Digest diffId() throws BuildException, InterruptedException {
    return Failures.await(written).layer().diffId();
  }

  @Override
  public Descriptor descriptor() throws BuildException, InterruptedException {
    return Failures.await(written).layer().descriptor();
  }

  @Override
  public Path blob() throws BuildException, InterruptedException {
    return Failures.await(written).file();
  }

  @Override
  public synchronized Path extracted() throws BuildException, InterruptedException {
    if (directory.isPresent()) {
      return directory.get();
    }
    if (extracted == null) {
      try {
        Path target = session.temporaryDirectory("tree").resolve("t");
        RootFilesystems.extract(blob(), diffId(), target);
        extracted = target;
      } catch (IOException e) {
        throw Failures.io("extract a layer of an earlier stage", e);
      }
    }
    return extracted;
  }

  @Override
  public synchronized LayerTree tree() throws BuildException, InterruptedException {
    if (tree == null) {
      try {
        tree =
            directory.isPresent()
                ? RootFilesystems.tree(directory.get())
                : new IndexTree(
                    Failures.await(written).layer().index(),
                    Failures.await(written)::file,
                    session.temporaryDirectory("spool"));
      } catch (IOException e) {
        throw Failures.io("read a layer of an earlier stage", e);
      }
    }
    return tree;
  }
}
