package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
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
  private final LayerFiles files;
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
    this.files = new LayerFiles(session, this, descriptor, diffId);
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
    try {
      Optional<Path> known = fetched == null ? files.blob() : Optional.of(fetched);
      if (known.isPresent()) {
        return known.get();
      }
      fetched = fetch(new Arrival(session.temporary("blob")));
      return fetched;
    } catch (IOException e) {
      throw Failures.io("fetch layer " + shortName() + " of " + image, e);
    }
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
    try {
      return files.extracted(this::extract);
    } catch (IOException e) {
      throw Failures.io("extract layer " + shortName() + " of " + image, e);
    }
  }

  private void extract(Path target) throws BuildException, IOException, InterruptedException {
    Optional<Path> known = fetched == null ? files.blob() : Optional.of(fetched);
    if (known.isPresent()) {
      RootFilesystems.extract(known.get(), diffId, target);
    } else {
      fetched = extractWhileFetching(target);
    }
    session
        .events()
        .emit(
            new BuildEvent.TransferFinished(
                session.clock().instant(),
                Direction.EXTRACT,
                shortName(),
                descriptor.size(),
                "done"));
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
    try {
      return files.tree();
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
      throw isForeign() && e.kind() == RegistryException.Kind.NOT_FOUND
          ? new BuildException(
              BuildException.Category.REGISTRY,
              "tried to fetch layer "
                  + name
                  + " of "
                  + image
                  + ", but it is a foreign layer, which only its publisher has; use a base image"
                  + " without such layers, or instructions that need none of its files",
              e)
          : Failures.registry(e);
    } catch (IOException e) {
      throw Failures.io("fetch layer " + name + " of " + image, e);
    } finally {
      arrival.end(whole);
    }
  }

  static void pull(BuildSession session, ImageReference image, Descriptor layer, OutputStream out)
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

  private boolean isForeign() {
    return MediaTypes.isForeignLayer(descriptor.mediaType());
  }

  private String shortName() {
    return shortName(descriptor);
  }

  private static String shortName(Descriptor layer) {
    return layer.digest().shortHex();
  }
}
