package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.StepCache.Hit;
import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/**
 * What the stages of one build make, and are about to make, so that a step that several of them
 * have in common runs once.
 */
final class StepClaims {
  private final Map<CacheKey, CompletableFuture<Optional<Hit>>> made = new ConcurrentHashMap<>();
  private final Map<CacheKey, Claim> claims = new ConcurrentHashMap<>();

  /**
   * A step that a stage is about to make.
   *
   * @param stage that has claimed it
   * @param saved what comes of it; empty if nothing does
   */
  private record Claim(
      Object stage, CompletableFuture<Optional<CompletableFuture<Optional<Hit>>>> saved) {}

  /** What has been made, perhaps still on its way to the store. */
  Optional<Future<Optional<Hit>>> made(CacheKey key) {
    return Optional.ofNullable(made.get(key));
  }

  /**
   * Says that a stage is about to make a step, unless another one is at it or has made it: then
   * waits for that one's. Nobody waits for a stage that waits here, as it has claimed nothing else.
   *
   * @return empty if the stage has to make it, or nothing could be kept of it
   */
  Optional<Hit> claim(CacheKey key, Object stage) throws BuildException, InterruptedException {
    while (true) {
      Claim other = claims.putIfAbsent(key, new Claim(stage, new CompletableFuture<>()));
      // Who has made it gives its claim up afterwards.
      Optional<? extends Future<Optional<Hit>>> done = made(key);
      if (other == null && done.isEmpty()) {
        return Optional.empty();
      }
      if (other == null) {
        abandon(key, stage);
      } else if (done.isEmpty()) {
        done = Failures.await(other.saved());
      }
      if (done.isPresent()) {
        return Failures.await(done.get());
      }
    }
  }

  /** Says that a stage is about to make a step, whoever else may be at it. */
  void announce(CacheKey key, Object stage) {
    claims.putIfAbsent(key, new Claim(stage, new CompletableFuture<>()));
  }

  /**
   * Says that a stage has made a step.
   *
   * @return to be completed with what is kept of it
   */
  CompletableFuture<Optional<Hit>> save(CacheKey key, Object stage) {
    CompletableFuture<Optional<Hit>> result = new CompletableFuture<>();
    made.put(key, result);
    settle(key, stage, Optional.of(result));
    return result;
  }

  /** Gives up what was claimed and not made, if it was. */
  void abandon(CacheKey key, Object stage) {
    settle(key, stage, Optional.empty());
  }

  /** Says that what was claimed cannot be made: who waits for it, or comes later, fails as well. */
  void fail(CacheKey key, Object stage, Throwable reason) {
    Claim claim = claims.get(key);
    if (claim != null && claim.stage() == stage) {
      claim.saved().completeExceptionally(reason);
    }
  }

  private void settle(
      CacheKey key, Object stage, Optional<CompletableFuture<Optional<Hit>>> result) {
    Claim claim = claims.get(key);
    if (claim != null
        && claim.stage() == stage
        && !claim.saved().isCompletedExceptionally()
        && claims.remove(key, claim)) {
      claim.saved().complete(result);
    }
  }
}
