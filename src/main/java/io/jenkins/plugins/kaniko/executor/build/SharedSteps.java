package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CacheOptions.Shared;
import io.jenkins.plugins.kaniko.executor.build.StepCache.Answer;
import io.jenkins.plugins.kaniko.executor.build.StepCache.Hit;
import io.jenkins.plugins.kaniko.executor.build.StepCache.Kind;
import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.cache.CacheRecord;
import io.jenkins.plugins.kaniko.executor.cache.SharedCache;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * What a build asks of the cache that machines share, and gives to it. One that fails is said once
 * and not used again.
 */
final class SharedSteps {
  private static final long LOOKUP_SECONDS = 20;

  private final BuildSession session;
  private final CacheOptions options;
  private final Optional<SharedCache> shared;
  private final Predicate<CacheRecord> usable;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final Queue<Future<Void>> writes = new ConcurrentLinkedQueue<>();
  private final Map<CacheKey, Late> late = new ConcurrentHashMap<>();

  /**
   * @param usable whether a record may be used at all
   */
  SharedSteps(BuildSession session, Optional<SharedCache> shared, Predicate<CacheRecord> usable) {
    this.session = session;
    this.options = session.request().cacheOptions();
    this.shared = shared;
    this.usable = usable;
  }

  /** Asks for a step, and does not wait. */
  Answer find(CacheKey key) {
    if (shared.isEmpty() || failed.get()) {
      return Answer.NONE;
    }
    Future<Optional<Hit>> asked = session.background().submit(() -> lookUp(key, shared.get()));
    return () -> await(asked);
  }

  /**
   * Waits until everything is written.
   *
   * @param image its layers
   */
  void finish(List<StageLayer> image) throws BuildException, InterruptedException {
    Set<Digest> digests = new HashSet<>();
    for (StageLayer layer : image) {
      digests.add(layer.descriptor().digest());
    }
    for (Late one : late.values()) {
      if (one.record().layer().map(l -> digests.contains(l.descriptor().digest())).orElse(true)) {
        writes.add(session.background().submit(one.task()));
      }
    }
    for (Future<Void> write = writes.poll(); write != null; write = writes.poll()) {
      Failures.await(write);
    }
    shared.ifPresent(
        cache ->
            cache
                .remarks()
                .forEach(text -> session.message(BuildEvent.Level.WARN, "cache: " + text)));
  }

  /**
   * Something for the shared cache that may not be of the image, which shows at the end.
   *
   * @param task that writes it
   */
  private record Late(CacheRecord record, Callable<Void> task) {}

  /** No answer in time is none. */
  private Optional<Hit> await(Future<Optional<Hit>> asked)
      throws BuildException, InterruptedException {
    if (failed.get() && !asked.isDone()) {
      return Optional.empty();
    }
    try {
      asked.get(LOOKUP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      warn("it has not answered for " + LOOKUP_SECONDS + " seconds");
      return Optional.empty();
    } catch (java.util.concurrent.ExecutionException e) {
      // Thrown again below.
    }
    return Failures.await(asked);
  }

  /** A repository that has got a layer already. */
  Optional<ImageReference> destination(List<Future<Void>> pushed) {
    return pushed.isEmpty()
        ? Optional.empty()
        : session.request().destinations().stream().findFirst().map(ImageReference::parse);
  }

  /**
   * Gives a step to the shared cache, in the background.
   *
   * @param there a repository that may have the layer already
   */
  void share(
      CacheKey key,
      CacheRecord record,
      Kind kind,
      Optional<? extends StageLayer> layer,
      Optional<ImageReference> there) {
    boolean wanted =
        options.shared().contains(Shared.WRITE)
            && (kind != Kind.COPY || options.shared().contains(Shared.COPY));
    if (!wanted || shared.isEmpty() || failed.get()) {
      return;
    }
    Callable<Void> task =
        () -> {
          try {
            shared
                .get()
                .put(key, record, () -> Publisher.source(layer.orElseThrow()).open(), there);
          } catch (RegistryException | IOException e) {
            warn(e.getMessage());
          }
          return null;
        };
    if (options.places().onlyImage()) {
      late.put(key, new Late(record, task));
    } else {
      writes.add(session.background().submit(task));
    }
  }

  private Optional<Hit> lookUp(CacheKey key, SharedCache cache) {
    try {
      return cache.find(key).filter(usable).map(found -> new Hit(found, shared, Optional.empty()));
    } catch (RegistryException | IOException e) {
      warn(e.getMessage());
      return Optional.empty();
    }
  }

  /** Once: a cache that fails is not asked again. */
  private void warn(String reason) {
    if (failed.compareAndSet(false, true)) {
      session.message(
          BuildEvent.Level.WARN,
          "cache: "
              + shared.map(SharedCache::name).orElse("")
              + " cannot be used, and the build goes on without it: "
              + reason);
    }
  }
}
