package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The ids of a user namespace: 0 is the user, and from 1 on come the sub-ids that /etc/subuid and
 * /etc/subgid grant (subuid(5)). Written from outside by newuidmap and newgidmap, because {@code
 * unshare --map-auto} is younger than the util-linux of many hosts.
 */
final class IdMap {
  private final List<String> uids;
  private final List<String> gids;

  private IdMap(List<String> uids, List<String> gids) {
    this.uids = uids;
    this.gids = gids;
  }

  /**
   * The map of the user of this process.
   *
   * @throws SandboxException when no sub-ids are granted; the message is the reason alone
   */
  static IdMap ofThisUser(ProcessStatus status) throws SandboxException {
    String name = System.getProperty("user.name");
    return new IdMap(
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
      write("newuidmap", pid, uids);
      write("newgidmap", pid, gids);
    } catch (IOException e) {
      // The process has ended, and what it said tells why.
      process.destroyForcibly();
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
