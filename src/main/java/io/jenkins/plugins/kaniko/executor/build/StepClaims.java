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
 * have in common runs once. A stage has at most one claim that it has not settled, and asks for
 * nothing of another stage while it has: so whoever waits here waits for one that goes on.
 */
final class StepClaims {
  private final Map<CacheKey, Claim> claims = new ConcurrentHashMap<>();

  /** A step that a stage makes, or has made. */
  private static final class Claim {
    private final Object stage;

    /** What others can take; empty if nothing comes of it. */
    private final CompletableFuture<Optional<Hit>> result = new CompletableFuture<>();

    /** Whether the stage has done its part, and the result only has to be kept. */
    private volatile boolean made;

    Claim(Object stage) {
      this.stage = stage;
    }
  }

  /** What has been made, perhaps still on its way to the store. */
  Optional<Future<Optional<Hit>>> made(CacheKey key) {
    return Optional.ofNullable(claims.get(key)).filter(claim -> claim.made).map(c -> c.result);
  }

  /**
   * Says that a stage is about to make a step, unless another one is at it or has made it: then
   * waits for that one's.
   *
   * @return empty if the stage has to make it
   */
  Optional<Hit> claim(CacheKey key, Object stage) throws BuildException, InterruptedException {
    while (true) {
      Claim other = claims.putIfAbsent(key, new Claim(stage));
      if (other == null) {
        return Optional.empty();
      }
      Optional<Hit> hit = Failures.await(other.result);
      if (hit.isPresent()) {
        return hit;
      }
      claims.remove(key, other);
    }
  }

  /** Says that a stage is about to make a step, whoever else may be at it. */
  void announce(CacheKey key, Object stage) {
    claims.putIfAbsent(key, new Claim(stage));
  }

  /**
   * Says that a stage has made a step.
   *
   * @return to be completed with what is kept of it
   */
  CompletableFuture<Optional<Hit>> save(CacheKey key, Object stage) {
    announce(key, stage);
    Claim claim = claims.get(key);
    if (claim == null || claim.stage != stage || claim.made) {
      // Others have the same of somebody else.
      return new CompletableFuture<>();
    }
    claim.made = true;
    return claim.result;
  }

  /** Gives up what was claimed and not made, if it was. */
  void abandon(CacheKey key, Object stage) {
    Claim claim = claims.get(key);
    if (isOpen(claim, stage) && claims.remove(key, claim)) {
      claim.result.complete(Optional.empty());
    }
  }

  /** Says that what was claimed cannot be made: who waits for it, or comes later, fails as well. */
  void fail(CacheKey key, Object stage, Throwable reason) {
    Claim claim = claims.get(key);
    if (isOpen(claim, stage)) {
      claim.result.completeExceptionally(reason);
    }
  }

  private static boolean isOpen(Claim claim, Object stage) {
    return claim != null && claim.stage == stage && !claim.made && !claim.result.isDone();
  }
}
