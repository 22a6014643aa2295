package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CacheOptions.Shared;
import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.cache.CacheRecord;
import io.jenkins.plugins.kaniko.executor.cache.CacheRecords;
import io.jenkins.plugins.kaniko.executor.cache.InlineRecords;
import io.jenkins.plugins.kaniko.executor.cache.SharedCache;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.Heredoc;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/**
 * Finds what earlier builds made, first in the store and then in the shared cache, and keeps what
 * this one makes, beside its steps. Safe for use by several stages at once.
 */
final class StepCache {

  private final BuildSession session;
  private final CacheOptions options;
  private final boolean reuse;
  private final CacheRecords records;
  private final SharedSteps shared;
  private final InlineRecords inline = new InlineRecords();
  private final StepClaims claims = new StepClaims();
  private volatile Predicate<Stage> ofImage = stage -> true;
  private volatile boolean found;
  private volatile boolean missed;
  private final Queue<Future<Void>> writes = new ConcurrentLinkedQueue<>();
  private final Queue<OwnLayer> layers = new ConcurrentLinkedQueue<>();

  /** What a step is, to decide where its layer may go. */
  enum Kind {
    RUN,
    COPY,
    /** Directories and empty steps, which are no burden to anybody. */
    SMALL
  }

  /**
   * A step that was made before.
   *
   * @param source of its layer; empty for the store
   * @param own the layer, if this build has made it
   */
  record Hit(CacheRecord record, Optional<SharedCache> source, Optional<OwnLayer> own) {
    Optional<StageLayer> layer(BuildSession session) {
      return own.isPresent()
          ? Optional.of(own.get())
          : record.layer().map(layer -> new CachedLayer(session, layer, source));
    }
  }

  /** Tells the further keys of a step, which may have to wait for a layer. */
  @FunctionalInterface
  interface Alias {
    CacheKey key() throws BuildException, InterruptedException;
  }

  /**
   * @param reuse whether anything is taken from the cache; it is kept either way
   */
  StepCache(BuildSession session, Optional<SharedCache> shared, boolean reuse) {
    this.reuse = reuse;
    this.session = session;
    this.options = session.request().cacheOptions();
    this.shared = new SharedSteps(session, shared, this::isYoung);
    this.records =
        new CacheRecords(
            session.store(),
            session.directory().path(),
            text -> session.message(BuildEvent.Level.WARN, "cache: " + text));
  }

  /**
   * Says which stages the image is made of. What others do is told to nobody who gets the image: it
   * may depend on build arguments that are not in it.
   */
  void setImage(Predicate<Stage> stages) {
    ofImage = stages;
  }

  boolean isOn() {
    return options.enabled();
  }

  /** Whether steps of a stage may be taken from the cache. */
  boolean isReused(Stage stage) {
    return isOn()
        && reuse
        && !session.request().noCache().covers(stage.name().orElse(""), stage.index());
  }

  /** Whether there is something to ask that is not of this machine. */
  boolean isKept(Kind kind) {
    return kind != Kind.RUN || options.shared().contains(Shared.RUN);
  }

  /** What the cache answers to a question; may have to be waited for. */
  @FunctionalInterface
  interface Answer {
    /** Nobody has it. */
    Answer NONE = Optional::empty;

    Optional<Hit> await() throws BuildException, InterruptedException;
  }

  /** Asks for a step; the answer of the store is there at once. */
  Answer find(CacheKey key, Kind kind) {
    Optional<Future<Optional<Hit>>> made = claims.made(key);
    if (made.isPresent()) {
      return () -> Failures.await(made.get());
    }
    if (!isKept(kind)) {
      return Answer.NONE;
    }
    try {
      Optional<CacheRecord> local = records.find(key).filter(this::isYoung);
      if (local.isPresent()) {
        Optional<Hit> hit = Optional.of(new Hit(local.get(), Optional.empty(), Optional.empty()));
        return () -> hit;
      }
    } catch (IOException e) {
      warn("tried to look into the store, but " + e.getMessage());
    }
    return shared.find(key);
  }

  /**
   * Says that a stage is about to make a step, unless another one is at it: then waits for that
   * one's.
   */
  Optional<Hit> claim(CacheKey key, Kind kind, Object stage)
      throws BuildException, InterruptedException {
    if (!isKept(kind)) {
      return Optional.empty();
    }
    return claims.claim(key, stage);
  }

  /** Says that something is made that the cache did not have. */
  void missed() {
    missed = true;
  }

  /** Whether all of the build's steps came from the cache. */
  boolean hadEverything() {
    return isOn() && found && !missed;
  }

  /** Says that a stage is about to make a step, whoever else may be at it. */
  void announce(CacheKey key, Kind kind, Object stage) {
    if (isKept(kind)) {
      claims.announce(key, stage);
    }
  }

  /** Gives up what was claimed and not made, if it was. */
  void abandon(CacheKey key, Object stage) {
    claims.abandon(key, stage);
  }

  /** Says that what was claimed cannot be made. */
  void fail(CacheKey key, Object stage, Throwable reason) {
    claims.fail(key, stage, reason);
  }

  /**
   * Keeps what a step has made.
   *
   * @param stage that has made it
   * @param pushed the layer's way to the destination, which the shared cache waits for
   */
  void save(
      CacheKey key,
      List<Alias> aliases,
      Kind kind,
      MadeStep made,
      Object stage,
      List<Future<Void>> pushed) {
    if (!isKept(kind)) {
      return;
    }
    CompletableFuture<Optional<Hit>> result = claims.save(key, stage);
    made.layer().ifPresent(layers::add);
    Callable<Void> task =
        () -> {
          try {
            if (made.isDoubtful()) {
              warn("files changed while they were copied: what was made of them is not kept");
              return null;
            }
            CacheRecord record = made.record();
            if (made.layer().isPresent()) {
              OwnLayer layer = made.layer().get();
              session.store().commitBlob(layer.blob(), layer.descriptor().digest());
            }
            records.put(key, record);
            keepInline(key, record, made.stage());
            result.complete(Optional.of(new Hit(record, Optional.empty(), made.layer())));
            List<CacheKey> others = new ArrayList<>();
            for (Alias alias : aliases) {
              others.add(alias.key());
              records.put(alias.key(), record.withContent(key));
              keepInline(alias.key(), record.withContent(key), made.stage());
            }
            for (Future<Void> push : pushed) {
              Failures.await(push);
            }
            Optional<ImageReference> there =
                made.layer().flatMap(layer -> shared.destination(pushed));
            share(key, record, kind, made.layer(), there, made.stage());
            for (CacheKey other : others) {
              share(other, record.withContent(key), kind, made.layer(), there, made.stage());
            }
          } catch (IOException e) {
            warn("tried to keep a step, but " + e.getMessage());
          } finally {
            result.complete(Optional.empty());
          }
          return null;
        };
    writes.add(session.background().submit(task));
  }

  /** Keeps a step that was found under one key under another one, too. */
  void saveAlias(
      Stage stage,
      CacheKey key,
      Alias alias,
      Kind kind,
      Optional<? extends StageLayer> layer,
      Hit hit) {
    Callable<Void> task =
        () -> {
          CacheRecord record = hit.record().withContent(key);
          try {
            if (hit.source().isEmpty()) {
              records.put(alias.key(), record);
            }
            keepInline(alias.key(), record, stage);
            share(alias.key(), record, kind, layer, layer.flatMap(StageLayer::origin), stage);
          } catch (IOException e) {
            warn("tried to keep a step, but " + e.getMessage());
          }
          return null;
        };
    writes.add(session.background().submit(task));
  }

  /** Gives what was found here to the caches that a build is told to write. */
  void export(
      Stage stage,
      CacheKey key,
      CacheRecord record,
      Kind kind,
      Hit hit,
      Optional<? extends StageLayer> layer) {
    found = true;
    keepInline(key, record, stage);
    // What this build has made is shared already, unless that was up to the stage.
    if (!options.places().to().isEmpty() && (hit.own().isEmpty() || options.places().onlyImage())) {
      share(key, record, kind, layer, layer.flatMap(StageLayer::origin), stage);
    }
  }

  private void share(
      CacheKey key,
      CacheRecord record,
      Kind kind,
      Optional<? extends StageLayer> layer,
      Optional<ImageReference> there,
      Stage stage) {
    if (!options.places().onlyImage() || ofImage.test(stage)) {
      shared.share(key, record, kind, layer, there);
    }
  }

  private void keepInline(CacheKey key, CacheRecord record, Stage stage) {
    if (ofImage.test(stage)
        && options.places().inline()
        && options.shared().contains(Shared.WRITE)) {
      inline.add(key, record);
    }
  }

  /** A config with the records of the image's layers, if that is asked for. */
  ImageConfig withRecords(ImageConfig config, List<Descriptor> layers)
      throws BuildException, InterruptedException {
    if (options.places().inline()) {
      awaitWrites();
    }
    return inline.into(config, layers);
  }

  private void awaitWrites() throws BuildException, InterruptedException {
    for (Future<Void> write = writes.poll(); write != null; write = writes.poll()) {
      Failures.await(write);
    }
  }

  /**
   * Waits until everything is kept.
   *
   * @param dockerfile that has been built
   * @param image its layers
   */
  void finish(Dockerfile dockerfile, List<StageLayer> image)
      throws BuildException, InterruptedException {
    if (isOn()) {
      try {
        session.store().note(hint(session.request(), dockerfile));
      } catch (IOException e) {
        warn("tried to take a note, but " + e.getMessage());
      }
    }
    awaitWrites();
    shared.finish(image);
  }

  /**
   * What a Dockerfile is recognised by that was built before, so that it may be worth while to look
   * whether anything is left to do.
   */
  static CacheKey hint(BuildRequest request, Dockerfile dockerfile) {
    CacheKey.Builder key = CacheKey.of("hint").texts("args", request.buildArgs());
    key.text("target", request.target());
    dockerfile.stages().forEach(stage -> key.text("from", stage.from().original()));
    dockerfile.stages().stream()
        .flatMap(stage -> stage.instructions().stream())
        .forEach(
            step -> {
              key.text("step", step.original());
              key.texts("documents", step.heredocs().stream().map(Heredoc::content).toList());
            });
    return key.build();
  }

  /**
   * Hands over the directories in which commands have made their layers, so that later builds need
   * not extract them. Nobody may use them any more.
   */
  void keepTrees() throws InterruptedException {
    // What is ignored is in the directory, but not in the layer.
    if (!session.request().ignorePaths().isEmpty()) {
      return;
    }
    for (OwnLayer layer = layers.poll(); layer != null; layer = layers.poll()) {
      try {
        layer.keepTree();
      } catch (IOException | BuildException e) {
        // The blob is enough.
        warn("tried to keep the files of a layer, but " + e.getMessage());
      }
    }
  }

  private boolean isYoung(CacheRecord record) {
    Instant now = session.clock().instant();
    return record.created().plus(options.ttl()).isAfter(now);
  }

  private void warn(String text) {
    session.message(BuildEvent.Level.WARN, "cache: " + text);
  }
}
