package io.jenkins.plugins.kaniko.executor.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs programs for the tests. */
final class Commands {
  /**
   * How a program ended.
   *
   * @param output both of its streams, as they came
   */
  record Result(int exitCode, String output) {
    /** This, of a program that has to succeed. */
    Result succeeded() {
      if (exitCode != 0) {
        throw new AssertionError("exit code " + exitCode + "\n" + output);
      }
      return this;
    }
  }

  private Commands() {}

  static Result run(Path directory, Map<String, String> environment, List<String> words)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.directory(directory.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** A program that has to succeed. */
  static String must(String... words) throws IOException, InterruptedException {
    return run(Path.of("/"), Map.of(), List.of(words)).succeeded().output();
  }
}
