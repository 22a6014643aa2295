package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The side outside the sandbox: chooses a rung of the ladder and starts the executor anew on it.
 */
public final class NamespaceLauncher {
  /** Handed to the executor inside: the decision. */
  static final String DECISION = "KANIKO_BUILD_SANDBOX";

  /**
   * Handed to the executor inside: the mount namespace outside, so that it can see that it has left
   * it.
   */
  static final String OUTSIDE = "KANIKO_BUILD_OUTSIDE";

  private static final int SECONDS_TO_CLEAN_UP = 10;

  private NamespaceLauncher() {}

  /**
   * Tries the rungs from the top, each by really running a shell in it, and takes the first that
   * works.
   *
   * @throws SandboxException when a certain isolation is wanted and refused
   */
  public static Decision decide(Isolation wanted) throws SandboxException, InterruptedException {
    List<Refusal> refusals = new ArrayList<>();
    for (Rung rung : candidates(wanted)) {
      Refusal refusal = tryOut(rung);
      if (refusal == null) {
        return new Decision(rung, refusals);
      }
      refusals.add(refusal);
    }
    if (wanted != Isolation.AUTO && wanted != Isolation.NONE) {
      throw refused(wanted, refusals);
    }
    return new Decision(Rung.NONE, refusals);
  }

  /**
   * Runs a Java command on the rung of a decision, with this process's standard streams, and
   * returns its exit code (128+n when signal n ended it). When this process is asked to end, so is
   * that one, and it has ten seconds to clean up; when this process or the calling thread dies, it
   * dies at once.
   *
   * @param extraEnvironment added to the environment of this process
   * @throws SandboxException when it cannot be started
   */
  public static int launch(
      Decision decision, List<String> javaCommand, Map<String, String> extraEnvironment)
      throws SandboxException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder().inheritIO();
    builder.environment().putAll(extraEnvironment);
    builder.environment().put(DECISION, decision.format());
    builder.environment().put(OUTSIDE, mountNamespace());
    Process process;
    try {
      process = Namespaces.start(decision.rung(), javaCommand, builder);
    } catch (SandboxException e) {
      throw new SandboxException(
          "tried to start the executor in a "
              + decision.rung().title()
              + ", but "
              + e.getMessage()
              + "; try --isolation none",
          e);
    }
    Thread hook = new Thread(() -> stop(process, decision.rung()), "stop the executor inside");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      stop(process, decision.rung());
      throw e;
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // This process is ending already, and the hook runs.
      }
    }
  }

  /** Names the mount namespace of this process. */
  static String mountNamespace() throws SandboxException {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString();
    } catch (IOException e) {
      throw new SandboxException(
          "tried to read /proc/self/ns/mnt, but it is not there; try to mount /proc", e);
    }
  }

  /** An ordinary user is not told of more than one rung that it is for root. */
  private static List<Rung> candidates(Isolation wanted) throws SandboxException {
    List<Rung> rungs = new ArrayList<>(wanted.candidates());
    if (wanted == Isolation.AUTO && OwnImage.isHere()) {
      rungs.add(Rung.IN_PLACE);
    }
    if (rungs.size() > 1 && status().uid() != 0) {
      rungs.removeIf(rung -> rung.needsRoot() && rung != rungs.get(0));
    }
    return rungs;
  }

  private static SandboxException refused(Isolation wanted, List<Refusal> refusals) {
    return new SandboxException(
        "tried to use --isolation "
            + wanted.spelling()
            + ", but "
            + refusals.stream()
                .map(refusal -> refusals.size() == 1 ? refusal.reason() : refusal.toString())
                .collect(Collectors.joining("; "))
            + "; try to "
            + refusals.stream()
                .map(Refusal::remedy)
                .distinct()
                .collect(Collectors.joining(", or to ")));
  }

  private static ProcessStatus status() throws SandboxException {
    try {
      return ProcessStatus.read();
    } catch (IOException e) {
      throw new SandboxException(
          "tried to find out which sandbox works, but " + e.getMessage() + "; try to mount /proc",
          e);
    }
  }

  /** Null when the rung works. */
  private static Refusal tryOut(Rung rung) throws SandboxException, InterruptedException {
    try {
      ProcessStatus status = ProcessStatus.read();
      Diagnosis diagnosis = new Diagnosis(status);
      if (rung == Rung.IN_PLACE && !OwnImage.isHere()) {
        return diagnosis.notOwnImage();
      }
      if (rung.needsRoot() && status.uid() != 0) {
        return diagnosis.notRoot(rung);
      }
      String missing = HostTools.firstMissing(rung);
      if (missing != null) {
        return diagnosis.missing(rung, missing);
      }
      if (rung == Rung.CHROOT) {
        return ChrootSandbox.tryOut().map(words -> diagnosis.failed(rung, words)).orElse(null);
      }
      if (rung == Rung.IN_PLACE) {
        Optional<String> agent = AgentProcesses.first();
        return agent.isPresent()
            ? diagnosis.agent(agent.get())
            : InPlaceSandbox.tryOut().map(words -> diagnosis.failed(rung, words)).orElse(null);
      }
      if (rung.ids() == Rung.Ids.SUB_IDS) {
        try {
          IdMap.ofThisUser(status);
        } catch (SandboxException e) {
          return diagnosis.noSubIds(rung, e.getMessage());
        }
      }
      return tryOutForReal(rung, diagnosis);
    } catch (IOException e) {
      throw new SandboxException(
          "tried to find out which sandbox works, but " + e.getMessage() + "; try --isolation none",
          e);
    }
  }

  private static Refusal tryOutForReal(Rung rung, Diagnosis diagnosis)
      throws IOException, InterruptedException {
    if (!rung.hasNamespaces()) {
      throw new IllegalArgumentException("what is mounted for " + rung + " would stay");
    }
    // Any directory does: what is mounted on it stays in the namespace of the trial.
    Path directory = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
    List<String> command =
        List.of(
            "sh",
            "-c",
            Scripts.PROBE,
            "probe",
            directory.toString(),
            Fstab.escape(directory.toString()),
            Fstab.system(directory, rung),
            Fstab.devices(directory, rung),
            Scripts.PREPARE,
            Scripts.RUN,
            rung.ids() == Rung.Ids.ONE ? "" : "+0:+0");
    ProcessBuilder builder = new ProcessBuilder().redirectErrorStream(true);
    HostTools.cleanEnvironment(builder.environment());
    Process process;
    try {
      process = Namespaces.start(rung, command, builder);
    } catch (SandboxException e) {
      return diagnosis.failed(rung, e.getMessage());
    }
    try {
      HostTools.Outcome outcome = HostTools.outcome(process, process.getInputStream());
      return outcome.exitCode() == 0 ? null : diagnosis.failed(rung, outcome.output());
    } finally {
      process.destroyForcibly();
    }
  }

  private static void stop(Process process, Rung rung) {
    // Between this process and the executor inside stand unshare and the first process of the pid
    // namespace, which do not pass signals on.
    if (!rung.hasNamespaces()) {
      process.destroy();
    } else {
      process.children().flatMap(ProcessHandle::children).forEach(ProcessHandle::destroy);
    }
    try {
      if (process.waitFor(SECONDS_TO_CLEAN_UP, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.children().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
