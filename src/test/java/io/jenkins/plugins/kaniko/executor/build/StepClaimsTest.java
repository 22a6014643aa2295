package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.StepCache.Hit;
import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.cache.CacheRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StepClaimsTest {
  private static final CacheKey KEY = CacheKey.of("test").build();
  private static final Hit HIT =
      new Hit(
          new CacheRecord(
              Instant.EPOCH,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              new CacheRecord.Counts(0, 0, 0, 0)),
          Optional.empty(),
          Optional.empty());

  private final StepClaims claims = new StepClaims();

  /** Another stage that wants the same, and has to wait. */
  private FutureTask<Optional<Hit>> waiter() throws InterruptedException {
    Callable<Optional<Hit>> ask = () -> claims.claim(KEY, "second");
    FutureTask<Optional<Hit>> task = new FutureTask<>(ask);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING && !task.isDone()) {
      Thread.sleep(1);
    }
    return task;
  }

  @Test
  void whoeverComesSecondTakesWhatTheFirstHasMade() throws Exception {
    assertThat(claims.claim(KEY, "first")).isEmpty();
    FutureTask<Optional<Hit>> second = waiter();
    assertThat(second.isDone()).isFalse();
    claims.save(KEY, "first").complete(Optional.of(HIT));
    claims.abandon(KEY, "first");
    assertThat(second.get()).contains(HIT);
    assertThat(claims.claim(KEY, "third")).contains(HIT);
  }

  @Test
  void aStepThatFailsFailsOnceForAll() throws Exception {
    claims.claim(KEY, "first");
    FutureTask<Optional<Hit>> second = waiter();
    BuildException failure = new BuildException(Category.DOCKERFILE_OR_COMMAND, "no", null, null);
    claims.fail(KEY, "first", failure);
    claims.abandon(KEY, "first");
    assertThatThrownBy(second::get).isInstanceOf(ExecutionException.class).hasCause(failure);
    assertThatThrownBy(() -> claims.claim(KEY, "third")).isSameAs(failure);
  }

  @Test
  void whatIsGivenUpSomebodyElseMakes() throws Exception {
    claims.claim(KEY, "first");
    FutureTask<Optional<Hit>> second = waiter();
    claims.abandon(KEY, "first");
    assertThat(second.get()).isEmpty();
  }

  @Test
  void aStepThatAStageMakesInAnyCaseIsWaitedForByOthersAlone() throws Exception {
    claims.announce(KEY, "first");
    FutureTask<Optional<Hit>> second = waiter();
    assertThat(second.isDone()).isFalse();
    claims.announce(KEY, "third");
    claims.save(KEY, "first").complete(Optional.of(HIT));
    assertThat(second.get()).contains(HIT);
  }

  @Test
  void whatCouldNotBeKeptIsMadeByOneOfTheOthers() throws Exception {
    claims.claim(KEY, "first");
    FutureTask<Optional<Hit>> second = waiter();
    claims.save(KEY, "first").complete(Optional.empty());
    assertThat(second.get()).as("has to make it").isEmpty();
    FutureTask<Optional<Hit>> third = waiter();
    assertThat(third.isDone()).isFalse();
    claims.save(KEY, "second").complete(Optional.of(HIT));
    assertThat(third.get()).contains(HIT);
  }
}
