package io.jenkins.plugins.kaniko.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process, told apart from later ones with the same number.
 *
 * @param pid in its pid namespace
 * @param started clock ticks since boot, from {@code /proc/<pid>/stat}
 * @param namespace its pid namespace, and the boot of the machine
 */
record Owner(long pid, String started, String namespace) {
  /** This JVM. */
  static Owner current() throws IOException {
    long pid = ProcessHandle.current().pid();
    return new Owner(pid, started(pid), namespaceOfThisProcess());
  }

  static Owner parse(String text) throws IOException {
    String[] words = text.strip().split(" ", -1);
    try {
      return new Owner(Long.parseLong(words[0]), words[1], words[2]);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IOException("it is not the name of a process", e);
    }
  }

  /** Whether the numbers mean anything to this process. */
  boolean isFromHere() throws IOException {
    return namespace.equals(namespaceOfThisProcess());
  }

  boolean isAlive() throws IOException {
    return started(pid).equals(started);
  }

  String format() {
    return pid + " " + started + " " + namespace;
  }

  private static String namespaceOfThisProcess() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
        + ":"
        + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  /** Empty if there is no such process. */
  private static String started(long pid) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The name in parentheses may hold anything; after it, the start time is the 20th field.
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
    } catch (IOException e) {
      if (Files.exists(Path.of("/proc/" + pid))) {
        throw e;
      }
      return "";
    }
  }
}
