package io.jenkins.plugins.kaniko.executor.testing;

import java.time.Duration;
import java.util.List;

/**
 * How a run of the executor ended.
 *
 * @param exitCode of the process; 128 + n when signal n ended it
 * @param stdout everything it wrote there
 * @param stderr everything it wrote there
 * @param duration from start to end, JVM included
 * @param leftovers what was there when it had ended and should not be: a line for each process,
 *     mount and temporary file
 */
public record ExecutorResult(
    int exitCode, String stdout, String stderr, Duration duration, List<String> leftovers) {

  /** Both streams. */
  public String output() {
    return stdout + stderr;
  }

  /** From the first error line to the end of its stream, without the line feed; may be empty. */
  public String error() {
    for (String stream : List.of(stdout, stderr)) {
      int at = ("\n" + stream).indexOf("\nerror: ");
      if (at >= 0) {
        return stream.substring(at).stripTrailing();
      }
    }
    return "";
  }
}
