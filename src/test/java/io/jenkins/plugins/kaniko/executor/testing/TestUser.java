package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Somebody to run programs as.
 *
 * @param name of the account
 * @param uid its user id
 * @param gid its primary group id
 */
public record TestUser(String name, int uid, int gid) {
  /** Prefixes a command so that this user runs it. */
  public List<String> command(List<String> words) {
    if (TestUsers.current().uid() == uid) {
      return words;
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                "--init-groups",
                "env",
                "HOME=/home/" + name,
                "USER=" + name));
    command.addAll(words);
    return command;
  }

  /** A new directory that belongs to this user and that others may read. */
  public Path newDirectory() throws IOException {
    Path directory = Files.createTempDirectory("kaniko-build-test");
    Files.setAttribute(directory, "unix:mode", 0755);
    own(directory);
    return directory;
  }

  /** Gives a tree to this user. */
  public void own(Path tree) throws IOException {
    if (TestUsers.current().uid() == uid) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.toList()) {
        Object mode =
            Files.getAttribute(file, "unix:mode", java.nio.file.LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:uid", uid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", gid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        if (!Files.isSymbolicLink(file)) {
          // chown clears setuid.
          Files.setAttribute(file, "unix:mode", mode);
        }
      }
    }
  }
}
