package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds what a build has left behind, by the names of its directories, which are unique. */
final class Leftovers {
  private static final int TRIES = 200;

  private final Path scratch;
  private final Path store;

  Leftovers(Path scratch, Path store) {
    this.scratch = scratch;
    this.store = store;
  }

  /**
   * Processes get a moment to end: what the kernel kills with its namespace may outlive by a little
   * whoever waited for the first of them.
   */
  List<String> find() throws IOException, InterruptedException {
    List<String> processes = processes();
    for (int i = 0; i < TRIES && !processes.isEmpty(); i++) {
      Thread.sleep(20);
      processes = processes();
    }
    List<String> found = new ArrayList<>(processes);
    for (String mount : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (mount.contains(scratch + "/") || mount.contains(store + "/")) {
        found.add("mount " + mount);
      }
    }
    for (Path directory :
        List.of(scratch.resolve("tmp"), scratch.resolve("home"), store.resolve("builds"))) {
      if (Files.exists(directory)) {
        try (Stream<Path> files = Files.walk(directory)) {
          files.skip(1).forEach(file -> found.add("file " + file));
        }
      }
    }
    return found;
  }

  private List<String> processes() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path process : all.filter(p -> p.getFileName().toString().matches("[0-9]+")).toList()) {
        if (isOfTheBuild(process)) {
          found.add("process " + process + " " + read(process.resolve("cmdline")));
        }
      }
    }
    return found;
  }

  /** A command in the sandbox shows by the files that are mounted into its root. */
  private boolean isOfTheBuild(Path process) {
    String words = read(process.resolve("cmdline")) + read(process.resolve("environ"));
    String place = store.getParent().getFileName() + "/" + store.getFileName() + "/builds/";
    return words.contains(scratch.toString())
        || words.contains(store.toString())
        || read(process.resolve("mountinfo")).contains(place);
  }

  /** Empty for a process that has ended, or that is somebody else's. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }
}
