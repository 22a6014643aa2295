package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Builds stages side by side that have steps in common, and counts what runs. It is run inside
 * namespaces, as {@code main}.
 */
final class CommonSteps {
  private final CommandBuilds builds;

  private CommonSteps(CommandBuilds builds) {
    this.builds = builds;
  }

  /** Runs inside namespaces: {@code main SEED ROUNDS}. */
  public static void main(String[] args) throws Exception {
    try (CommandBuilds builds = new CommandBuilds()) {
      CommonSteps steps = new CommonSteps(builds);
      steps.whoHasADirectoryWaitsForWhoHasNone();
      Random random = new Random(Long.parseLong(args[0]));
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        steps.eachRunsOnceWhoeverIsFirst(random.nextLong());
      }
    }
  }

  /**
   * The stage that has run the first step is held up until the other one, which has no root
   * directory, runs the second.
   */
  private void whoHasADirectoryWaitsForWhoHasNone() throws Exception {
    String common = "RUN echo 1 > /1\nRUN echo 2 >> /2; echo second\n";
    AtomicBoolean held = new AtomicBoolean();
    CountDownLatch second = new CountDownLatch(1);
    Queue<String> output = new ConcurrentLinkedQueue<>();
    EventSink sink =
        event -> {
          if (event instanceof BuildEvent.StepOutput line) {
            output.add(line.line());
            if (line.line().equals("second")) {
              second.countDown();
            }
          } else if (event instanceof BuildEvent.StepFinished step
              && step.text().equals("RUN echo 1 > /1")
              && held.compareAndSet(false, true)) {
            await(second);
          }
        };
    List<BuildResult.Step> steps =
        build(
            "FROM system AS a\n%1$sRUN cat /1 /2\nFROM system AS b\n%1$sRUN cat /2 /1\n"
                    .formatted(common)
                + "FROM scratch\nCOPY --from=a /2 /a\nCOPY --from=b /2 /b\n",
            2,
            NoCache.NOTHING,
            sink);
    assertThat(held).isTrue();
    assertThat(output).containsOnlyOnce("second").hasSize(5);
    assertRanOnce(steps, 7);
  }

  private void eachRunsOnceWhoeverIsFirst(long seed) throws Exception {
    Random random = new Random(seed);
    StringBuilder common = new StringBuilder();
    // Some make a layer, and others do not.
    List<String> kinds =
        List.of("RUN echo %d >> /log\n", "RUN echo %d\n", "COPY root /%d\n", "WORKDIR /w/%d\n");
    for (int i = 0; i < 6; i++) {
      common.append(kinds.get(random.nextInt(kinds.size())).formatted(i));
    }
    StringBuilder dockerfile = new StringBuilder();
    int stages = 3;
    for (int i = 0; i < stages; i++) {
      dockerfile.append("FROM system AS s%1$d\n%2$sRUN echo s%1$d >> /log\n".formatted(i, common));
    }
    dockerfile.append("FROM scratch\n");
    for (int i = 0; i < stages; i++) {
      dockerfile.append("COPY --from=s%1$d /log /s%1$d\n".formatted(i));
    }
    List<BuildResult.Step> steps =
        build(
            dockerfile.toString(),
            1 + random.nextInt(stages),
            random.nextBoolean() ? NoCache.NOTHING : new NoCache(true, List.of()),
            event -> {
              if (event instanceof BuildEvent.StepFinished) {
                pause(random.nextInt(30));
              }
            });
    assertRanOnce(steps, 1 + 6 + 2 * stages);
  }

  /** Of all steps with one text one has been made, the others are its result. */
  private static void assertRanOnce(List<BuildResult.Step> steps, int expected) {
    Map<String, Integer> ran = new HashMap<>();
    for (BuildResult.Step step : steps) {
      if (!step.text().startsWith("FROM ")) {
        ran.merge(step.text(), step.cached() ? 0 : 1, Integer::sum);
      }
    }
    assertThat(ran).hasSize(expected);
    Set<Integer> times = new HashSet<>(ran.values());
    assertThat(times).as(ran.toString()).containsExactly(1);
  }

  private List<BuildResult.Step> build(String stages, int jobs, NoCache noCache, EventSink events)
      throws Exception {
    builds.clear();
    return builds.build(builds.request(stages).jobs(jobs).noCache(noCache), events);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
