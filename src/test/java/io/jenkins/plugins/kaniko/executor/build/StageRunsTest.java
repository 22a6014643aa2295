package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileParser;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StageRunsTest {
  private final List<Stage> stages = stages();
  private final Stage a = stages.get(0);
  private final Stage b = stages.get(1);
  private final Stage c = stages.get(2);

  @Test
  void independentStagesRunAtOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(3);
    StageRuns runs = new StageRuns(stages, 3, stage -> meet(all));
    runs.run();
    assertThat(runs.result(c)).isNotNull();
  }

  @Test
  void noMoreRunAtOnceThanThereAreJobs() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    new StageRuns(
            stages,
            2,
            stage -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Thread.sleep(50);
              running.decrementAndGet();
              return state();
            })
        .run();
    assertThat(most).hasValue(2);
  }

  @Test
  void aStageThatWaitsLetsAnotherRun() throws Exception {
    CountDownLatch third = new CountDownLatch(1);
    AtomicReference<StageRuns> runs = new AtomicReference<>();
    runs.set(
        new StageRuns(
            stages,
            2,
            stage -> {
              if (stage.equals(a)) {
                third.await();
              } else if (stage.equals(b)) {
                assertThat(runs.get().result(a, b)).isPresent();
              } else {
                third.countDown();
              }
              return state();
            }));
    runs.get().run();
    assertThat(third.getCount()).isZero();
  }

  @Test
  void theResultOfALaterStageIsNotWaitedFor() throws Exception {
    AtomicReference<StageRuns> runs = new AtomicReference<>();
    runs.set(
        new StageRuns(
            stages,
            1,
            stage -> {
              assertThat(runs.get().result(c, stage)).isEmpty();
              return state();
            }));
    runs.get().run();
  }

  @Test
  void theFirstFailureEndsTheOthers() {
    Set<Stage> interrupted = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    StageRuns runs =
        new StageRuns(
            stages,
            2,
            stage -> {
              meet(both);
              if (stage.equals(b)) {
                throw new BuildException(Category.REGISTRY, "b failed");
              }
              try {
                TimeUnit.MINUTES.sleep(5);
              } catch (InterruptedException e) {
                interrupted.add(stage);
                throw e;
              }
              return state();
            });
    assertThatThrownBy(runs::run).isInstanceOf(BuildException.class).hasMessage("b failed");
    assertThat(interrupted).contains(a);
  }

  @Test
  void nothingBeginsAfterAFailure() {
    for (int i = 0; i < 200; i++) {
      Set<Stage> begun = ConcurrentHashMap.newKeySet();
      StageRuns runs =
          new StageRuns(
              stages,
              1,
              stage -> {
                begun.add(stage);
                throw new BuildException(Category.REGISTRY, "a failed");
              });
      assertThatThrownBy(runs::run).isInstanceOf(BuildException.class).hasMessage("a failed");
      assertThat(begun).containsExactly(a);
    }
  }

  @Test
  void whoWaitsForAFailedStageFailsLikeIt() {
    AtomicReference<StageRuns> runs = new AtomicReference<>();
    runs.set(
        new StageRuns(
            stages,
            3,
            stage -> {
              if (stage.equals(a)) {
                throw new BuildException(Category.REGISTRY, "a failed");
              }
              runs.get().result(/* stage= */ a, /* asking= */ stage);
              return state();
            }));
    assertThatThrownBy(runs.get()::run).isInstanceOf(BuildException.class).hasMessage("a failed");
  }

  @Test
  void anInterruptEndsAllStages() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    AtomicInteger interrupted = new AtomicInteger();
    StageRuns runs =
        new StageRuns(
            stages,
            2,
            stage -> {
              begun.countDown();
              try {
                TimeUnit.MINUTES.sleep(5);
              } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw e;
              }
              return state();
            });
    AtomicReference<Throwable> outcome = new AtomicReference<>();
    Thread build =
        new Thread(
            () -> {
              try {
                runs.run();
              } catch (BuildException | InterruptedException e) {
                outcome.set(e);
              }
            });
    build.start();
    begun.await();
    build.interrupt();
    build.join();
    assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    assertThat(interrupted).hasValueGreaterThanOrEqualTo(2);
  }

  private static StageState meet(CountDownLatch all) throws InterruptedException {
    all.countDown();
    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    return state();
  }

  private static StageState state() {
    return new StageState(ImageFormat.OCI, ImageConfig.scratch(Platform.current()), List.of());
  }

  private static List<Stage> stages() {
    try {
      return DockerfileParser.parse(
              "Dockerfile", "FROM scratch AS a\nFROM scratch AS b\nFROM scratch AS c\n")
          .stages();
    } catch (DockerfileException e) {
      throw new IllegalStateException(e);
    }
  }
}
