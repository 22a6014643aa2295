package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import io.jenkins.plugins.kaniko.executor.registry.ProgressListener;
import io.jenkins.plugins.kaniko.executor.registry.Registry;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.registry.ResolvedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/**
 * A cache in a repository of a registry: one small image for each record, its tag is the key. An
 * image of the repository may have records in itself, too ({@link InlineRecords}).
 */
public final class RegistryCache implements SharedCache {
  private static final ProgressListener NOBODY = (done, total) -> {};

  private final Registry registry;
  private final ImageReference repository;
  private final Object loading = new Object();
  private Optional<Map<CacheKey, CacheRecord>> inline;

  private RegistryCache(
      Registry registry, ImageReference repository, Optional<Map<CacheKey, CacheRecord>> inline) {
    this.registry = registry;
    this.repository = repository;
    this.inline = inline;
  }

  /** The cache of a repository alone. */
  public static RegistryCache of(Registry registry, ImageReference repository) {
    return new RegistryCache(registry, repository, Optional.of(Map.of()));
  }

  /** The records in an image, and those in its repository. */
  public static RegistryCache withImage(Registry registry, ImageReference image) {
    return new RegistryCache(registry, image, Optional.empty());
  }

  @Override
  public Optional<CacheRecord> find(CacheKey key) throws RegistryException {
    Optional<CacheRecord> own = Optional.ofNullable(inline().get(key));
    if (own.isPresent()) {
      return own;
    }
    try {
      ResolvedImage image = registry.resolve(repository.withTag(key.hex()), Platform.current());
      return CacheImage.read(key, image.manifest(), image.config());
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Read once, when it is first asked for. */
  private Map<CacheKey, CacheRecord> inline() throws RegistryException {
    synchronized (loading) {
      if (inline.isEmpty()) {
        inline = Optional.of(load());
      }
      return inline.get();
    }
  }

  private Map<CacheKey, CacheRecord> load() throws RegistryException {
    try {
      ResolvedImage image = registry.resolve(repository, Platform.current());
      return InlineRecords.read(image.config(), image.manifest());
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND
          || e.kind() == RegistryException.Kind.WRONG_PLATFORM) {
        return Map.of();
      }
      throw e;
    }
  }

  @Override
  public void put(
      CacheKey key, CacheRecord record, BlobSource layer, Optional<ImageReference> mountFrom)
      throws RegistryException, IOException {
    CacheImage image = CacheImage.of(key, record);
    if (record.layer().isPresent()) {
      registry.pushBlob(repository, record.layer().get().descriptor(), layer, mountFrom, NOBODY);
    }
    registry.pushBlob(
        repository, image.manifest().config(), image.config(), Optional.empty(), NOBODY);
    registry.pushManifest(repository.withTag(key.hex()), image.manifest());
  }

  @Override
  public void fetch(Descriptor layer, OutputStream out, ProgressListener progress)
      throws RegistryException, IOException {
    registry.fetchBlob(repository, layer, out, progress);
  }

  @Override
  public Optional<ImageReference> repository(Descriptor layer) {
    return Optional.of(repository);
  }

  @Override
  public String name() {
    return "the cache " + repository.name();
  }
}
