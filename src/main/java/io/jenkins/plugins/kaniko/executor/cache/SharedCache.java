package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import io.jenkins.plugins.kaniko.executor.registry.ProgressListener;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A cache that builds of several machines use. What is in it was put there by whoever may write to
 * it: a key does not vouch for a layer. Safe for use by several threads.
 */
public interface SharedCache {
  /** A record, whole and with its layer; empty if there is none that can be used. */
  Optional<CacheRecord> find(CacheKey key) throws RegistryException, IOException;

  /**
   * Keeps a record with its layer.
   *
   * @param layer content of the record's layer, if it has one
   * @param mountFrom a repository that may have the layer already
   */
  void put(CacheKey key, CacheRecord record, BlobSource layer, Optional<ImageReference> mountFrom)
      throws RegistryException, IOException;

  /**
   * Reads a layer; it is complete and verified only when this returns.
   *
   * @throws DamagedLayerException if it is missing or damaged
   * @throws IOException if {@code out} failed
   */
  void fetch(Descriptor layer, OutputStream out, ProgressListener progress)
      throws RegistryException, IOException;

  /** The repository that a layer lies in, if it can be mounted from there. */
  Optional<ImageReference> repository(Descriptor layer);

  /** What there is to say of it when all has been asked. */
  default List<String> remarks() {
    return List.of();
  }

  /** For messages. */
  String name();
}
