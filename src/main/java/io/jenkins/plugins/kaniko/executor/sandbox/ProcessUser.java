package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.List;

/**
 * Who a command runs as, in numbers of the image.
 *
 * @param uid user id
 * @param gid primary group id
 * @param supplementaryGids further groups
 */
public record ProcessUser(int uid, int gid, List<Integer> supplementaryGids) {
  /** Root without further groups. */
  public static final ProcessUser ROOT = new ProcessUser(0, 0, List.of());

  /** Copies the list and refuses negative ids. */
  public ProcessUser {
    supplementaryGids = List.copyOf(supplementaryGids);
    if (uid < 0 || gid < 0 || supplementaryGids.stream().anyMatch(id -> id < 0)) {
      throw new IllegalArgumentException("an id is negative");
    }
  }
}
