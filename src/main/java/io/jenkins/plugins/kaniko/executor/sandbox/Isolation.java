package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What the user asks for with {@code --isolation}. */
public enum Isolation {
  /** The highest rung that works, of those that need not be named. */
  AUTO("auto"),
  /** Namespaces made by root. */
  ROOT("namespaces"),
  /** A user namespace over the sub-ids of an ordinary user. */
  SUBID("userns"),
  /** A user namespace over the ids of root in a container. */
  FULL("userns-full"),
  /** A user namespace with one id. */
  ONE("userns-one"),
  /** The highest rung that works with the {@code /proc} of the container. */
  SHARED_PROC("shared-proc"),
  /** Another root directory, and nothing else. */
  CHROOT("chroot"),
  /** The root of the container itself, in the executor's own image. */
  IN_PLACE("in-place"),
  /** No sandbox: Dockerfiles without RUN. */
  NONE("none");

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
        "there is no isolation \"" + text + "\"; try one of " + spellings);
  }

  /** The word of the command line. */
  public String spelling() {
    return spelling;
  }

  /** The rungs to try, from the top. */
  List<Rung> candidates() {
    return switch (this) {
      case AUTO -> List.of(Rung.ROOT, Rung.SUBID, Rung.FULL, Rung.ONE);
      case ROOT -> List.of(Rung.ROOT);
      case SUBID -> List.of(Rung.SUBID);
      case FULL -> List.of(Rung.FULL);
      case ONE -> List.of(Rung.ONE);
      case SHARED_PROC -> List.of(Rung.SHARED_SUBID, Rung.SHARED_FULL, Rung.SHARED_ONE);
      case CHROOT -> List.of(Rung.CHROOT);
      case IN_PLACE -> List.of(Rung.IN_PLACE);
      case NONE -> List.of();
    };
  }
}
