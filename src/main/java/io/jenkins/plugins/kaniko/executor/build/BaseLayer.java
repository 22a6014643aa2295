package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.layer.IndexTree;
import io.jenkins.plugins.kaniko.executor.layer.LayerIndex;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystems;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * A layer of an image that was there before. Fetched, extracted and indexed at most once, each when
 * it is first asked for.
 */
final class BaseLayer implements StageLayer {
  private final BuildSession session;
  private final String image;
  private final Optional<ImageReference> origin;
  private final Source source;
  private final Descriptor descriptor;
  private final Digest diffId;
  private LayerTree tree;
  private Path fetched;

  /** Where the compressed layer is read from. */
  @FunctionalInterface
  interface Source {
    /** Writes the layer, and fails if it is not what its descriptor says. */
    void read(Descriptor layer, OutputStream out) throws RegistryException, IOException;
  }

  /** A layer that a registry has. */
  BaseLayer(BuildSession session, ImageReference image, Descriptor descriptor, Digest diffId) {
    this(
        session,
        image.familiarName(),
        Optional.of(image),
        (layer, out) -> pull(session, image, layer, out),
        descriptor,
        diffId);
  }

  /**
   * A layer that comes from elsewhere.
   *
   * @param image for messages
   * @param origin a registry that has it
   */
  BaseLayer(
      BuildSession session,
      String image,
      Optional<ImageReference> origin,
      Source source,
      Descriptor descriptor,
      Digest diffId) {
    this.session = session;
    this.image = image;
    this.origin = origin;
    this.source = source;
    this.descriptor = descriptor;
    this.diffId = diffId;
  }

  @Override
  public Digest diffId() {
    return diffId;
  }

  @Override
  public Descriptor descriptor() {
    return descriptor;
  }

  @Override
  public Optional<ImageReference> origin() {
    return origin;
  }

  @Override
  public synchronized Path blob() throws BuildException, InterruptedException {
    Optional<Path> known = session.store().blob(descriptor.digest());
    if (known.isPresent()) {
      return known.get();
    }
    if (fetched == null) {
      try {
        fetched = fetch(new Arrival(session.temporary("blob")));
      } catch (IOException e) {
        throw Failures.io("fetch layer " + shortName() + " of " + image, e);
      }
    }
    return fetched;
  }

  /**
   * Until its content has been read to the end, a blob may belong to a config that lies about its
   * diffID.
   */
  @Override
  public synchronized void contentVerified() throws BuildException, InterruptedException {
    if (fetched != null) {
      try {
        session.store().commitBlob(fetched, descriptor.digest());
      } catch (IOException e) {
        throw Failures.io("keep layer " + shortName() + " of " + image, e);
      }
    }
  }

  @Override
  public synchronized Path extracted() throws BuildException, InterruptedException {
    Optional<Path> known = session.store().tree(diffId);
    if (known.isPresent()) {
      return known.get();
    }
    String name = shortName();
    try {
      Path target = session.temporaryDirectory("tree").resolve("t");
      if (fetched != null || session.store().blob(descriptor.digest()).isPresent()) {
        RootFilesystems.extract(blob(), diffId, target);
      } else {
        fetched = extractWhileFetching(target);
      }
      contentVerified();
      session
          .events()
          .emit(
              new BuildEvent.TransferFinished(
                  session.clock().instant(), Direction.EXTRACT, name, descriptor.size(), "done"));
      return session.store().commitTree(target, diffId);
    } catch (IOException e) {
      throw Failures.io("extract layer " + name + " of " + image, e);
    }
  }

  /** The layer is extracted as it comes in; that it is the right one shows at the end. */
  private Path extractWhileFetching(Path target)
      throws BuildException, IOException, InterruptedException {
    Arrival arrival = new Arrival(session.temporary("blob"));
    Future<Path> fetch = session.background().submit(() -> fetch(arrival));
    try {
      RootFilesystems.extract(arrival.open(), diffId, target);
    } catch (IOException e) {
      // What did not arrive is the reason of whatever came of it.
      Failures.await(fetch);
      throw e;
    }
    return Failures.await(fetch);
  }

  @Override
  public synchronized LayerTree tree() throws BuildException, InterruptedException {
    if (tree == null) {
      Optional<Path> known = session.store().tree(diffId);
      tree =
          known.isPresent() && session.rootKind() != BuildSession.RootKind.NONE
              ? RootFilesystems.tree(known.get())
              : index();
    }
    return tree;
  }

  private LayerTree index() throws BuildException, InterruptedException {
    Path blob = blob();
    try {
      LayerIndex index = LayerReader.read(blob, diffId, (entry, content) -> {});
      contentVerified();
      return new IndexTree(index, blob(), session.temporaryDirectory("spool"));
    } catch (IOException e) {
      throw Failures.io("read layer " + shortName() + " of " + image, e);
    }
  }

  private Path fetch(Arrival arrival) throws BuildException, InterruptedException {
    String name = shortName();
    boolean whole = false;
    try (OutputStream out = new BufferedOutputStream(arrival.writer(), 1 << 16)) {
      source.read(descriptor, out);
      out.flush();
      whole = true;
      session
          .events()
          .emit(
              new BuildEvent.TransferFinished(
                  session.clock().instant(), Direction.PULL, name, descriptor.size(), "done"));
      return arrival.file();
    } catch (RegistryException e) {
      throw Failures.registry(e);
    } catch (IOException e) {
      throw Failures.io("fetch layer " + name + " of " + image, e);
    } finally {
      arrival.end(whole);
    }
  }

  private static void pull(
      BuildSession session, ImageReference image, Descriptor layer, OutputStream out)
      throws RegistryException, IOException {
    session
        .registry()
        .fetchBlob(
            image,
            layer,
            out,
            (done, total) ->
                session
                    .events()
                    .emit(
                        new BuildEvent.TransferProgress(
                            session.clock().instant(),
                            Direction.PULL,
                            shortName(layer),
                            done,
                            total)));
  }

  private String shortName() {
    return shortName(descriptor);
  }

  private static String shortName(Descriptor layer) {
    return layer.digest().shortHex();
  }
}
