package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** What the user asks for with {@code --isolation}. */
public enum Isolation {
  /** The highest rung that works. */
  AUTO("auto"),
  /** Namespaces made by root. */
  ROOT("namespaces"),
  /** A user namespace over the sub-ids of an ordinary user. */
  SUBID("userns"),
  /** No sandbox: Dockerfiles without RUN. */
  NONE("none");

  private static final Set<String> NOT_THERE_YET =
      Set.of("userns-full", "userns-one", "shared-pid", "chroot");

  private final String spelling;

  Isolation(String spelling) {
    this.spelling = spelling;
  }

  /**
   * Reads a spelling of the command line.
   *
   * @throws IllegalArgumentException with a sentence for the user when there is no such isolation
   */
  public static Isolation parse(String text) {
    for (Isolation isolation : values()) {
      if (isolation.spelling.equals(text)) {
        return isolation;
      }
    }
    String spellings =
        Arrays.stream(values()).map(Isolation::spelling).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        NOT_THERE_YET.contains(text)
            ? "the isolation " + text + " is not there yet; try one of " + spellings
            : "there is no isolation \"" + text + "\"; try one of " + spellings);
  }

  /** The word of the command line. */
  public String spelling() {
    return spelling;
  }
}
