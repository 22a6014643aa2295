package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import io.jenkins.plugins.kaniko.executor.registry.ProgressListener;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Several caches as one: those that are read are asked in turn, those that are written each get
 * everything. One that fails is left out from then on, and the others serve.
 */
public final class UnitedCaches implements SharedCache {
  private final List<SharedCache> from;
  private final List<SharedCache> to;
  private final Consumer<String> warning;
  private final Map<Digest, SharedCache> holders = new ConcurrentHashMap<>();
  private final Set<SharedCache> failed = ConcurrentHashMap.newKeySet();
  private final Set<SharedCache> asked = ConcurrentHashMap.newKeySet();
  private final Set<SharedCache> useful = ConcurrentHashMap.newKeySet();

  /**
   * @param warning told once of each cache that fails
   */
  public UnitedCaches(
      List<? extends SharedCache> from, List<? extends SharedCache> to, Consumer<String> warning) {
    this.from = List.copyOf(from);
    this.to = List.copyOf(to);
    this.warning = warning;
  }

  @Override
  public Optional<CacheRecord> find(CacheKey key) {
    for (SharedCache cache : from) {
      if (!failed.contains(cache)) {
        try {
          asked.add(cache);
          Optional<CacheRecord> found = cache.find(key);
          if (found.isPresent()) {
            useful.add(cache);
            found
                .flatMap(CacheRecord::layer)
                .ifPresent(layer -> holders.put(layer.descriptor().digest(), cache));
            return found;
          }
        } catch (RegistryException | IOException e) {
          fail(cache, e);
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void put(
      CacheKey key, CacheRecord record, BlobSource layer, Optional<ImageReference> mountFrom) {
    for (SharedCache cache : to) {
      if (!failed.contains(cache)) {
        try {
          cache.put(key, record, layer, mountFrom);
        } catch (RegistryException | IOException e) {
          fail(cache, e);
        }
      }
    }
  }

  private void fail(SharedCache cache, Exception e) {
    if (failed.add(cache)) {
      warning.accept(
          cache.name() + " cannot be used, and the build goes on without it: " + e.getMessage());
    }
  }

  @Override
  public void fetch(Descriptor layer, OutputStream out, ProgressListener progress)
      throws RegistryException, IOException {
    SharedCache holder = holders.get(layer.digest());
    if (holder == null) {
      throw new DamagedLayerException(
          "tried to read the layer " + layer.digest() + ", but no cache has it", null);
    }
    holder.fetch(layer, out, progress);
  }

  @Override
  public Optional<ImageReference> repository(Descriptor layer) {
    return Optional.ofNullable(holders.get(layer.digest()))
        .flatMap(holder -> holder.repository(layer));
  }

  @Override
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    for (SharedCache cache : from) {
      if (asked.contains(cache) && !useful.contains(cache) && !failed.contains(cache)) {
        remarks.add(
            cache.name()
                + " has nothing of this build: it is missing, it is new, or another program made it");
      }
    }
    return remarks;
  }

  @Override
  public String name() {
    return String.join(", ", from.stream().map(SharedCache::name).toList());
  }
}
