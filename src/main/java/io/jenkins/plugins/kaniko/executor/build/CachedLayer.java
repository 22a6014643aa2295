package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.cache.CacheRecord;
import io.jenkins.plugins.kaniko.executor.cache.DamagedLayerException;
import io.jenkins.plugins.kaniko.executor.cache.SharedCache;
import io.jenkins.plugins.kaniko.executor.layer.DiffIdMismatchException;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystems;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipException;

/** A layer that a step of an earlier build made. It is fetched and read only if something asks. */
final class CachedLayer implements StageLayer {
  private final BuildSession session;
  private final CacheRecord.Layer layer;
  private final Optional<SharedCache> source;
  private final LayerFiles files;
  private Path blob;
  private boolean fetched;
  private boolean damaged;

  /**
   * @param source where it is, if not in the store
   */
  CachedLayer(BuildSession session, CacheRecord.Layer layer, Optional<SharedCache> source) {
    this.session = session;
    this.layer = layer;
    this.source = source;
    this.files = new LayerFiles(session, this, layer.descriptor(), layer.diffId());
  }

  @Override
  public Digest diffId() {
    return layer.diffId();
  }

  @Override
  public Descriptor descriptor() {
    return layer.descriptor();
  }

  @Override
  public Optional<ImageReference> origin() {
    return source.flatMap(cache -> cache.repository(descriptor()));
  }

  @Override
  public synchronized Path blob() throws BuildException, InterruptedException {
    if (blob != null) {
      return blob;
    }
    try {
      blob = files.blob().orElse(null);
    } catch (IOException e) {
      throw Failures.io("read the cached layer " + shortName(), e);
    }
    if (blob == null && source.isPresent()) {
      blob = fetch(source.get());
      fetched = true;
    } else if (blob == null) {
      damaged = true;
      throw damage();
    }
    return blob;
  }

  /** Whether it has turned out that nobody has it. */
  synchronized boolean isDamaged() {
    return damaged;
  }

  DamagedCacheException damage() {
    return new DamagedCacheException(shortName());
  }

  @Override
  public synchronized void contentVerified() throws BuildException, InterruptedException {
    if (fetched) {
      try {
        session.store().commitBlob(blob, descriptor().digest());
      } catch (IOException e) {
        throw Failures.io("keep layer " + shortName(), e);
      }
    }
  }

  @Override
  public synchronized Path extracted() throws BuildException, InterruptedException {
    try {
      return files.extracted(target -> RootFilesystems.extract(blob(), diffId(), target));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public synchronized LayerTree tree() throws BuildException, InterruptedException {
    try {
      return files.tree();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Path fetch(SharedCache cache) throws BuildException, InterruptedException {
    try {
      Path file = session.temporary("blob");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
        cache.fetch(
            descriptor(),
            out,
            (done, total) ->
                session
                    .events()
                    .emit(
                        new BuildEvent.TransferProgress(
                            session.clock().instant(), Direction.PULL, shortName(), done, total)));
      }
      session
          .events()
          .emit(
              new BuildEvent.TransferFinished(
                  session.clock().instant(),
                  Direction.PULL,
                  shortName(),
                  descriptor().size(),
                  "from cache"));
      return file;
    } catch (RegistryException | DamagedLayerException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException(e.getMessage());
      }
      // Whatever is wrong with a cache: the build can do without it.
      damaged = true;
      throw new DamagedCacheException(shortName() + " of " + cache.name());
    } catch (IOException e) {
      throw Failures.io("fetch layer " + shortName() + " from " + cache.name(), e);
    }
  }

  /** Who put it into the cache has lied, or it was damaged on the way. */
  private BuildException unreadable(IOException e) throws InterruptedException {
    if (e instanceof DiffIdMismatchException
        || e instanceof ZipException
        || e instanceof EOFException) {
      throw damage();
    }
    return Failures.io("read the cached layer " + shortName(), e);
  }

  private String shortName() {
    return descriptor().digest().shortHex();
  }
}
