package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Builds stages side by side. A stage waits for another only where an instruction of it asks for
 * the other's result, and does not count as running while it waits.
 */
final class StageRuns {
  private final Semaphore slots;
  private final Map<Integer, FutureTask<StageState>> runs = new HashMap<>();
  private final List<Stage> order;
  private volatile boolean failed;

  /** Builds one stage. */
  @FunctionalInterface
  interface Builder {
    StageState build(Stage stage) throws BuildException, InterruptedException;
  }

  /**
   * Plans the runs; nothing is begun.
   *
   * @param order of the stages: each after those whose results it asks for
   * @param jobs how many run at once, at least 1
   */
  StageRuns(List<Stage> order, int jobs, Builder builder) {
    this.order = order;
    this.slots = new Semaphore(jobs, true);
    for (Stage stage : order) {
      runs.put(stage.index(), new FutureTask<>(() -> builder.build(stage)));
    }
  }

  /**
   * Builds all stages. When one fails the others are interrupted, and have ended when this returns.
   *
   * @throws BuildException the first failure
   */
  void run() throws BuildException, InterruptedException {
    ExecutorService threads = DaemonThreads.pool("stage");
    CompletionService<StageState> ended = new ExecutorCompletionService<>(threads);
    try {
      int begun = 0;
      for (Stage stage : order) {
        // Slots are given in order, so a stage that runs waits only for others that run or did.
        slots.acquire();
        if (failed) {
          break;
        }
        ended.submit(inSlot(runs.get(stage.index())));
        begun++;
      }
      for (int done = 0; done < begun; done++) {
        Failures.await(ended.take());
      }
    } finally {
      threads.shutdownNow();
      awaitQuietly(threads);
    }
  }

  /**
   * What a stage has become, once it is built.
   *
   * @return empty if it is not among those that are built, or {@code asking} comes before it
   */
  Optional<StageState> result(Stage stage, Stage asking)
      throws BuildException, InterruptedException {
    FutureTask<StageState> run = runs.get(stage.index());
    if (run == null || order.indexOf(stage) >= order.indexOf(asking)) {
      return Optional.empty();
    }
    if (run.isDone()) {
      return Optional.of(Failures.await(run));
    }
    slots.release();
    try {
      return Optional.of(Failures.await(run));
    } finally {
      slots.acquireUninterruptibly();
    }
  }

  /** Whether a stage is built, so that its result can be had without waiting. */
  boolean isDone(Stage stage) {
    FutureTask<StageState> run = runs.get(stage.index());
    return run == null || run.isDone();
  }

  /** What a stage has become, after {@link #run}. */
  StageState result(Stage stage) throws BuildException, InterruptedException {
    return Failures.await(runs.get(stage.index()));
  }

  private Callable<StageState> inSlot(FutureTask<StageState> run) {
    return () -> {
      try {
        run.run();
        return Failures.await(run);
      } catch (BuildException | InterruptedException | RuntimeException | Error e) {
        failed = true;
        throw e;
      } finally {
        slots.release();
      }
    };
  }

  private static void awaitQuietly(ExecutorService threads) {
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
