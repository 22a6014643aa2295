package io.jenkins.plugins.kaniko.agent;

import java.util.List;

/** What an exit code other than 0 means, in one sentence. */
final class ExitStatus {
  private ExitStatus() {}

  /**
   * Explains how the executor ended.
   *
   * @param failure what it said itself, or empty
   * @param lastLines the last ones of its text
   */
  static String explain(int code, String failure, List<String> lastLines) {
    String said = failure.isEmpty() ? lastError(lastLines) : failure;
    String because = said.isEmpty() ? "" : ": " + said;
    return switch (code) {
      case 1 -> "the build failed" + orLog(because);
      case 2 -> "the executor cannot use its arguments" + orLog(because);
      case 3 -> "a registry or its credentials failed" + orLog(because);
      case 4 -> "the agent cannot run this build" + orLog(because);
      case 126, 127 ->
          "tried to start the executor, but it cannot be executed"
              + because
              + "; check its permissions and that its file system is not mounted noexec";
      case 130, 143 -> "the executor was asked to end by somebody other than Jenkins" + because;
      case 137 ->
          "the executor was killed (SIGKILL)"
              + because
              + "; the agent may be short of memory: give it more or run fewer builds at once";
      default -> "the executor ended with status " + code + orLog(because);
    };
  }

  private static String orLog(String because) {
    return because.isEmpty() ? "; see the log above" : because;
  }

  private static String lastError(List<String> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i);
      if (line.startsWith("error: ")) {
        return line.substring("error: ".length());
      }
    }
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }
}
