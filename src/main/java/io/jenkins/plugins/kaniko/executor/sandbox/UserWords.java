package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who runs a command, as {@code run.sh} takes it.
 *
 * @param userAndGroup {@code +uid:+gid}; empty: whoever it is
 * @param groups {@code +gid,+gid...}
 */
record UserWords(String userAndGroup, String groups) {
  /**
   * The words for a user.
   *
   * @throws SandboxException when the rung has no such user
   */
  static UserWords of(ProcessUser user, Rung rung) throws SandboxException {
    if (rung.ids() == Rung.Ids.ONE) {
      if (user.uid() != 0 || user.gid() != 0) {
        throw new SandboxException(
            "tried to run a command as "
                + user.uid()
                + ":"
                + user.gid()
                + ", but in a "
                + rung.title()
                + " there is only root; try to install newuidmap (apt-get install uidmap) and to"
                + " grant sub-ids to this user");
      }
      // Groups cannot be set there at all.
      return new UserWords("", "");
    }
    // The plus sign says number: without it chroot would look names up, in files of the image.
    // The primary group is among the others too: a program that changes it could otherwise do
    // what a file denies to that group.
    return new UserWords(
        "+" + user.uid() + ":+" + user.gid(),
        Stream.concat(Stream.of(user.gid()), user.supplementaryGids().stream())
            .distinct()
            .map(gid -> "+" + gid)
            .collect(Collectors.joining(",")));
  }
}
