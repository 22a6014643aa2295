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
        case ROOT -> builder.command(enter("root", command)).start();
        case SUBID -> startMapped(command, builder);
      };
    } catch (IOException e) {
      throw new SandboxException(e.getMessage(), e);
    }
  }

  private static Process startMapped(List<String> command, ProcessBuilder builder)
      throws IOException, SandboxException, InterruptedException {
    IdMap map = IdMap.ofThisUser(ProcessStatus.read());
    List<String> words = new ArrayList<>(List.of("unshare", "--user"));
    words.addAll(enter("mapped", command));
    Process process = builder.command(words).start();
    try {
      map.applyTo(process);
      return process;
    } catch (SandboxException | InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static List<String> enter(String kind, List<String> command) {
    String self = Long.toString(ProcessHandle.current().pid());
    List<String> words = new ArrayList<>(List.of("sh", "-c", Scripts.ENTER, "enter", self, kind));
    words.addAll(command);
    return words;
  }
}
