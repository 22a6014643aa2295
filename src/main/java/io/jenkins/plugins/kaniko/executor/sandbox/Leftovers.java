package io.jenkins.plugins.kaniko.executor.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Finds what a command in a chroot has left behind, without a pid namespace to ask: processes of
 * its session, and processes whose root is its root. One that hides both (it has made a session of
 * its own, left the root, or may not be looked at) is not found.
 */
final class Leftovers {
  private static final int ROUNDS = 50;

  private Leftovers() {}

  /** Kills a command and what it left, again until nothing is found. */
  static void kill(Process command, Path root) {
    boolean interrupted = Thread.interrupted();
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<ProcessHandle> found = find(command.pid(), root);
        if (found.isEmpty() && !command.isAlive()) {
          return;
        }
        found.forEach(ProcessHandle::destroyForcibly);
        // Through the handle: Process itself would close the output before it is read to its end.
        command.toHandle().destroyForcibly();
        command.waitFor(20, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static List<ProcessHandle> find(long session, Path root) throws InterruptedException {
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        if (isAlive(entry) && (isOfSession(entry, session) || hasRoot(entry, root))) {
          ProcessHandle.of(Long.parseLong(entry.getFileName().toString())).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      // Nothing can be seen, so nothing can be done.
    }
    return found;
  }

  private static boolean isAlive(Path entry) {
    String state = afterName(entry);
    return !state.isEmpty() && state.charAt(0) != 'Z';
  }

  /** Fields of stat (proc(5)) after the name: state, parent, group, session. */
  private static boolean isOfSession(Path entry, long session) {
    String[] fields = afterName(entry).split(" ", -1);
    return fields.length > 3 && fields[3].equals(Long.toString(session));
  }

  private static String afterName(Path entry) {
    try {
      String stat = new String(Files.readAllBytes(entry.resolve("stat")), ISO_8859_1);
      return stat.substring(stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }

  /** The root of another user's process can be seen by that user. */
  private static boolean hasRoot(Path entry, Path root) throws InterruptedException {
    Path link = entry.resolve("root");
    try {
      return Files.readSymbolicLink(link).equals(root);
    } catch (IOException e) {
      try {
        Object uid = Files.getAttribute(entry, "unix:uid");
        Object gid = Files.getAttribute(entry, "unix:gid");
        List<String> words =
            List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                "--clear-groups",
                "readlink",
                link.toString());
        return !uid.equals(0) && HostTools.run(words).output().equals(root.toString());
      } catch (IOException gone) {
        return false;
      }
    }
  }
}
