package io.jenkins.plugins.kaniko.executor.build;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads that do not keep the program from ending. */
final class DaemonThreads {
  private DaemonThreads() {}

  /** As many threads as there are tasks, all of one name. */
  static ExecutorService pool(String name) {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }
}
