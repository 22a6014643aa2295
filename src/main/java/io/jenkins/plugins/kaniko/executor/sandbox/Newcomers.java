package io.jenkins.plugins.kaniko.executor.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds what a command has left behind where neither a pid namespace nor a root tells it apart:
 * processes of its session, and those that have come since, under the first process or this one,
 * with a session of their own. What an engine starts in the container has no parent there, and what
 * the executor itself starts has its session: neither is meant.
 */
final class Newcomers {
  private static final int ROUNDS = 50;

  /** Fields of stat (proc(5)) that tell one process from another and where it belongs. */
  private record Entry(long pid, long parent, long session, String start) {
    String key() {
      return pid + " " + start;
    }
  }

  private final Set<String> known;

  private Newcomers(Set<String> known) {
    this.known = known;
  }

  /** Whatever runs by now is none. */
  static Newcomers fromNowOn() throws IOException {
    Set<String> known = new java.util.HashSet<>();
    entries().values().forEach(entry -> known.add(entry.key()));
    return new Newcomers(known);
  }

  /** Kills a command and what it left, again until nothing is found. */
  void kill(Process command) {
    boolean interrupted = Thread.interrupted();
    try {
      for (int round = 0; round < ROUNDS; round++) {
        boolean found = false;
        Map<Long, Entry> entries = entries();
        for (Entry entry : entries.values()) {
          if (isLeft(entry, entries, command.pid()) && isHere(entry, command.pid())) {
            found = true;
            ProcessHandle.of(entry.pid()).ifPresent(ProcessHandle::destroyForcibly);
          }
        }
        if (!found && !command.isAlive()) {
          return;
        }
        // Through the handle: Process itself would close the output before it is read to its end.
        command.toHandle().destroyForcibly();
        command.waitFor(20, TimeUnit.MILLISECONDS);
      }
    } catch (IOException e) {
      // Without /proc nothing can be seen, so nothing can be done.
      command.toHandle().destroyForcibly();
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * In a pod that shares its processes other containers have theirs; those have other mounts and
   * another root. A command may have given one of the two to what it has left.
   */
  private static boolean isHere(Entry entry, long command) {
    Path process = Path.of("/proc", Long.toString(entry.pid()));
    return entry.session() == command
        || AgentProcesses.isHere(process)
        || seesOurMounts(process.resolve("ns/mnt"));
  }

  private static boolean seesOurMounts(Path namespace) {
    try {
      return Files.readSymbolicLink(namespace)
          .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
    } catch (IOException e) {
      // It has ended, or is not ours to look at.
      return false;
    }
  }

  private boolean isLeft(Entry entry, Map<Long, Entry> entries, long command) {
    long self = ProcessHandle.current().pid();
    if (known.contains(entry.key()) || entry.pid() == self) {
      return false;
    }
    if (entry.session() == command) {
      return true;
    }
    Entry top = entry;
    while (top.parent() > 1 && top.parent() != self && entries.containsKey(top.parent())) {
      top = entries.get(top.parent());
    }
    Entry own = entries.get(self);
    return top.parent() != 0
        && !known.contains(top.key())
        && (own == null || top.session() != own.session());
  }

  private static Map<Long, Entry> entries() throws IOException {
    Map<Long, Entry> found = new HashMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        String stat;
        try {
          stat = new String(Files.readAllBytes(entry.resolve("stat")), ISO_8859_1);
        } catch (IOException e) {
          // It has ended meanwhile.
          continue;
        }
        // After the name in brackets: state, parent, group, session ... and the 20th, the start.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        if (!fields[0].equals("Z")) {
          long pid = Long.parseLong(entry.getFileName().toString());
          found.put(
              pid,
              new Entry(pid, Long.parseLong(fields[1]), Long.parseLong(fields[3]), fields[19]));
        }
      }
    }
    return found;
  }
}
