package io.jenkins.plugins.kaniko.executor.registry;

import java.net.http.HttpClient;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The thread on which an {@link HttpClient} waits for its sockets. Before Java 21 nobody can close
 * a client, and a JVM that exits waits 300 ms for a thread in a system call.
 */
final class SelectorThread {
  /** How a client calls itself; its thread has the number in its name. */
  private static final Pattern NUMBER = Pattern.compile("\\((\\d+)\\)$");

  private static final long PATIENCE_MILLIS = 100;

  private SelectorThread() {}

  /** Ends the thread of a client that nobody uses any more; does nothing if it has none. */
  static void end(HttpClient client) {
    Matcher number = NUMBER.matcher(client.toString());
    if (!number.find()) {
      return;
    }
    String name = "HttpClient-" + number.group(1) + "-SelectorManager";
    Thread[] all = new Thread[2 * Thread.activeCount() + 16];
    int count = Thread.enumerate(all);
    for (int i = 0; i < count; i++) {
      if (all[i].getName().equals(name)) {
        all[i].interrupt();
        join(all[i]);
      }
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
