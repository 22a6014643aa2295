package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Starts a process in the namespaces of a rung. */
final class Namespaces {
  private Namespaces() {}

  /**
   * Starts a command as the first process of a pid namespace. It dies when the calling
   * <em>thread</em> ends, or this process; and everything in the namespace dies with it.
   *
   * <p>A pid namespace is what makes that certain: the parent-death signal of a single process is
   * cleared when its credentials change, and any process can clear its own.
   *
   * @param builder carries environment and redirections; its command is replaced
   * @throws SandboxException with the reason alone
   */
  static Process start(Rung rung, List<String> command, ProcessBuilder builder)
      throws SandboxException, InterruptedException {
    try {
      return switch (rung) {
        case NONE -> builder.command(command).start();
        case CHROOT, IN_PLACE -> builder.command(withParent(command)).start();
        default -> startInside(rung, command, builder);
      };
    } catch (IOException e) {
      throw new SandboxException(e.getMessage(), e);
    }
  }

  private static Process startInside(Rung rung, List<String> command, ProcessBuilder builder)
      throws IOException, SandboxException, InterruptedException {
    List<String> words = new ArrayList<>();
    switch (rung.ids()) {
      case HOST -> {
        return builder.command(enter("root", rung, command)).start();
      }
      case ONE -> {
        words.addAll(List.of("unshare", "--user", "--map-root-user"));
        words.addAll(enter("mapped", rung, command));
        return builder.command(words).start();
      }
      default -> {
        words.addAll(List.of("unshare", "--user"));
        words.addAll(enter("mapped", rung, command));
      }
    }
    IdMap map = IdMap.of(rung);
    Process process = builder.command(words).start();
    try {
      map.applyTo(process);
      return process;
    } catch (SandboxException | InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static List<String> withParent(List<String> command) {
    List<String> words = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL"));
    words.addAll(command);
    return words;
  }

  private static List<String> enter(String kind, Rung rung, List<String> command) {
    String self = Long.toString(ProcessHandle.current().pid());
    String proc = rung.ownProc() ? "own" : "shared";
    List<String> words =
        new ArrayList<>(List.of("sh", "-c", Scripts.ENTER, "enter", self, kind, proc));
    words.addAll(command);
    return words;
  }
}
