package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Ends commands. */
final class CommandProcesses {
  private CommandProcesses() {}

  /**
   * Kills the first process of the command's pid namespace, and so the namespace. Killing unshare
   * would not do: the signal that it leaves to its child is cleared when the command changes user.
   */
  static void kill(Process unshare, Rung rung) {
    boolean interrupted = false;
    while (unshare.isAlive()) {
      try {
        if (rung.ownProc()) {
          unshare.children().forEach(ProcessHandle::destroyForcibly);
        } else {
          killByNumber(childrenOf(unshare.pid()));
        }
        unshare.waitFor(5, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void killByNumber(List<String> pids) throws InterruptedException {
    if (pids.isEmpty()) {
      return;
    }
    try {
      HostTools.run(List.of("sh", "-c", "kill -9 " + String.join(" ", pids)));
    } catch (IOException e) {
      // The next round tries again.
    }
  }

  /**
   * The children of a child of this process, all in the numbers of this process's pid namespace,
   * found in a {@code /proc} of another one: NSpid (proc(5)) has the numbers of a process in its
   * namespaces, from that of {@code /proc} to its own.
   */
  private static List<String> childrenOf(long pid) {
    List<String> found = new ArrayList<>();
    try {
      String[] self = pids(ProcessStatus.fields(Path.of("/proc/self/status")));
      int level = self.length - 1;
      String parent = null;
      List<Map<String, String>> processes = processes();
      for (Map<String, String> process : processes) {
        String[] pids = pids(process);
        if (pids.length == self.length
            && pids[level].equals(Long.toString(pid))
            && self[0].equals(process.get("PPid"))) {
          parent = pids[0];
        }
      }
      for (Map<String, String> process : processes) {
        String[] pids = pids(process);
        if (pids.length > level && process.get("PPid").equals(parent)) {
          found.add(pids[level]);
        }
      }
    } catch (IOException e) {
      // The next round tries again.
    }
    return found;
  }

  private static String[] pids(Map<String, String> status) {
    return status.getOrDefault("NSpid", "").split("\\s+", -1);
  }

  private static List<Map<String, String>> processes() throws IOException {
    List<Map<String, String>> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        try {
          found.add(ProcessStatus.fields(entry.resolve("status")));
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    }
    return found;
  }
}
