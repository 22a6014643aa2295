package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the Java that runs the executor: the agent's own, else one that its environment names. */
final class JavaHome {
  private static final int MINIMUM = 17;
  private static final Pattern VERSION = Pattern.compile("version \"(?:1\\.)?(\\d+)");

  private JavaHome() {}

  /** The path of a {@code java} of version 17 or later. */
  static Path java(Map<String, String> environment) throws AbortException, InterruptedException {
    return java(Path.of(System.getProperty("java.home")), Runtime.version().feature(), environment);
  }

  static Path java(Path ownHome, int ownVersion, Map<String, String> environment)
      throws AbortException, InterruptedException {
    Path own = ownHome.resolve("bin").resolve("java");
    List<String> found = new ArrayList<>();
    if (!Files.isExecutable(own)) {
      found.add(own + " cannot be executed");
    } else if (ownVersion >= MINIMUM) {
      return own;
    } else {
      found.add("the agent runs on Java " + ownVersion);
    }
    for (Path candidate : candidates(environment)) {
      int version = version(candidate);
      if (version >= MINIMUM) {
        return candidate;
      }
      found.add(version > 0 ? candidate + " is Java " + version : candidate + " does not run");
    }
    throw Failures.failure(
        "find Java 17 or later on the agent",
        String.join(", ", found),
        "run the agent on Java 17 or later, or set JAVA_HOME for it");
  }

  private static List<Path> candidates(Map<String, String> environment) {
    List<Path> candidates = new ArrayList<>();
    String home = environment.getOrDefault("JAVA_HOME", "");
    if (!home.isEmpty()) {
      candidates.add(Path.of(home, "bin", "java"));
    }
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      if (directory.startsWith("/")) {
        candidates.add(Path.of(directory, "java"));
      }
    }
    candidates.removeIf(candidate -> !Files.isExecutable(candidate));
    return candidates;
  }

  /** 0 if it does not say. */
  private static int version(Path java) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(java.toString(), "-version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readAllBytes();
      process.waitFor();
      Matcher matcher = VERSION.matcher(new String(output, StandardCharsets.UTF_8));
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
