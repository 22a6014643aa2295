package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds agents of Jenkins that run in this container. */
final class AgentProcesses {
  private static final Pattern REMOTING =
      Pattern.compile(
          "(.*/)?[^/]*(agent|slave|remoting|swarm-client)[^/]*\\.jar"
              + "|hudson\\.remoting\\..*|hudson\\.plugins\\.swarm\\..*");

  private AgentProcesses() {}

  /** The number of one, if there is any. */
  static Optional<String> first() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        if (isAgent(entry) && isHere(entry)) {
          return Optional.of(entry.getFileName().toString());
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isAgent(Path entry) {
    return isAgent(read(entry.resolve("cmdline")));
  }

  /** As of proc(5), the words separated by NUL. */
  static boolean isAgent(String commandLine) {
    return Pattern.compile("\0").splitAsStream(commandLine).anyMatch(REMOTING.asMatchPredicate());
  }

  /**
   * Containers of one pod may share their processes, but not their roots. Where the root cannot be
   * looked at, the control group has to do; where there is none either, nothing is known to be
   * here.
   */
  static boolean isHere(Path entry) {
    try {
      return Files.isSameFile(entry.resolve("root"), Path.of("/"));
    } catch (IOException e) {
      String group = read(entry.resolve("cgroup"));
      return !group.isEmpty() && group.equals(read(Path.of("/proc/self/cgroup")));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }
}
