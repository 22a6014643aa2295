package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The ids of a user namespace (user_namespaces(7)), written from outside. Either 0 is the user, and
 * from 1 on come the sub-ids that /etc/subuid and /etc/subgid grant (subuid(5)): then newuidmap and
 * newgidmap write them, because {@code unshare --map-auto} is younger than the util-linux of many
 * hosts. Or each id of this namespace is itself: then root writes them, who may.
 */
final class IdMap {
  private final boolean bySelf;
  private final List<String> uids;
  private final List<String> gids;

  private IdMap(boolean bySelf, List<String> uids, List<String> gids) {
    this.bySelf = bySelf;
    this.uids = uids;
    this.gids = gids;
  }

  /** The map of a rung that has one to be written. */
  static IdMap of(Rung rung) throws IOException, SandboxException {
    return rung.ids() == Rung.Ids.ALL ? ofAllIds() : ofThisUser(ProcessStatus.read());
  }

  private static IdMap ofAllIds() throws IOException {
    return new IdMap(
        true,
        identity(Files.readAllLines(Path.of("/proc/self/uid_map"))),
        identity(Files.readAllLines(Path.of("/proc/self/gid_map"))));
  }

  /** The ids that the lines of a map have inside, each as itself. */
  static List<String> identity(List<String> lines) {
    List<String> map = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", -1);
      map.addAll(List.of(fields[0], fields[0], fields[2]));
    }
    return map;
  }

  /**
   * The map of the user of this process.
   *
   * @throws SandboxException when no sub-ids are granted; the message is the reason alone
   */
  static IdMap ofThisUser(ProcessStatus status) throws SandboxException {
    String name = System.getProperty("user.name");
    return new IdMap(
        false,
        arguments(Path.of("/etc/subuid"), name, status.uid(), status.uid()),
        arguments(Path.of("/etc/subgid"), name, status.uid(), status.gid()));
  }

  /**
   * Waits until a process is in a user namespace of its own and gives that its map.
   *
   * @throws SandboxException with the reason alone
   */
  void applyTo(Process process) throws SandboxException, InterruptedException {
    String pid = Long.toString(process.pid());
    try {
      Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/user"));
      while (own.equals(Files.readSymbolicLink(Path.of("/proc", pid, "ns", "user")))) {
        if (!process.isAlive()) {
          return;
        }
        Thread.sleep(1);
      }
      if (bySelf) {
        write(Path.of("/proc", pid, "uid_map"), uids);
        write(Path.of("/proc", pid, "gid_map"), gids);
      } else {
        write("newuidmap", pid, uids);
        write("newgidmap", pid, gids);
      }
    } catch (IOException e) {
      // The process has ended, and what it said tells why; destroying it would throw that away.
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private static void write(Path file, List<String> map) throws SandboxException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < map.size(); i += 3) {
      lines.append(String.join(" ", map.subList(i, i + 3))).append('\n');
    }
    try {
      Files.writeString(file, lines);
    } catch (IOException e) {
      throw new SandboxException(
          "the ids of a user namespace may not be written (" + e.getMessage() + ")", e);
    }
  }

  private static void write(String tool, String pid, List<String> map)
      throws IOException, InterruptedException, SandboxException {
    List<String> command = new ArrayList<>(List.of(tool, pid));
    command.addAll(map);
    HostTools.Outcome outcome = HostTools.run(command);
    if (outcome.exitCode() != 0) {
      throw new SandboxException(outcome.output());
    }
  }

  /** Triples of id inside, id outside, count. */
  static List<String> arguments(Path file, String userName, int uid, int ownId)
      throws SandboxException {
    List<String> map = new ArrayList<>(List.of("0", Integer.toUnsignedString(ownId), "1"));
    long inside = 1;
    for (String line : lines(file)) {
      String[] fields = line.strip().split(":", -1);
      if (fields.length == 3
          && (fields[0].equals(userName) || fields[0].equals(Integer.toUnsignedString(uid)))) {
        map.addAll(List.of(Long.toString(inside), fields[1], fields[2]));
        inside += Long.parseLong(fields[2]);
      }
    }
    if (inside == 1) {
      throw new SandboxException(file + " has no line for " + userName);
    }
    return map;
  }

  private static List<String> lines(Path file) throws SandboxException {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new SandboxException(file + " cannot be read", e);
    }
  }
}
