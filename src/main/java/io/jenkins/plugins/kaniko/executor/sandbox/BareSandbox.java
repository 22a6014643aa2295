package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs commands without namespaces. What is mounted elsewhere lies as a copy in the root for the
 * time of a command.
 */
abstract class BareSandbox implements Sandbox {
  private final Rung rung;
  private final String box;

  /**
   * @param box where the root has tools while a command runs
   */
  BareSandbox(Rung rung, String box) {
    this.rung = rung;
    this.box = box;
  }

  /** A new directory on the file system of the roots, deleted after the command. */
  abstract Path wings() throws IOException;

  /** Puts what a file system without mounts needs into the root. */
  abstract void furnish(Scenery scenery, RunRequest request) throws IOException;

  /** The words of the process that a command becomes. */
  abstract List<String> words(Path root, RunRequest request)
      throws IOException, SandboxException, InterruptedException;

  /** Starts the process of a command. */
  Process start(ProcessBuilder builder, RunRequest request)
      throws IOException, InterruptedException {
    return builder.start();
  }

  /** What makes an end of a command that is about to begin. */
  abstract Consumer<Process> killer(Path root) throws IOException;

  @Override
  public Rung rung() {
    return rung;
  }

  @Override
  public RunResult run(RunRequest request) throws SandboxException, InterruptedException {
    Path given = requireWhatThereIs(request);
    try {
      Path root = given.toRealPath();
      List<String> words = words(root, request);
      Path wings = wings();
      try (Scenery scenery = new Scenery(root, wings.resolve("held"))) {
        furnish(scenery, request);
        for (CommandMount mount : request.mounts()) {
          FileMount file = (FileMount) mount;
          scenery.file(file.target(), file.content(), file.mode(), file.uid(), file.gid());
        }
        return run(words, root, wings.resolve("trouble"), request);
      } finally {
        HostTools.run(List.of("rm", "-rf", "--one-file-system", wings.toString()));
      }
    } catch (IOException e) {
      throw failure(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    // What it made lies in the directory of the build, and goes with that.
  }

  private RunResult run(List<String> words, Path root, Path trouble, RunRequest request)
      throws IOException, SandboxException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectError(trouble.toFile());
    HostTools.cleanEnvironment(builder.environment());
    // First: it has to know what was there before.
    Consumer<Process> killer = killer(root);
    int exitCode =
        CommandRun.toTheEnd(
            start(builder, request), InsideScript.of(request, box), request.output(), killer);
    String said = Files.readString(trouble, StandardCharsets.UTF_8);
    if (!said.contains(InsideScript.BEGUN)) {
      throw failure(said.strip(), null);
    }
    return new RunResult(exitCode);
  }

  private Path requireWhatThereIs(RunRequest request) throws SandboxException {
    if (request.network() == Network.NONE) {
      throw missing("RUN --network=none");
    }
    if (!request.mounts().stream().allMatch(FileMount.class::isInstance)) {
      throw missing("RUN --mount other than of secrets");
    }
    if (request.root() instanceof RootMount.Directory directory) {
      return directory.root();
    }
    throw missing("an overlay");
  }

  private SandboxException missing(String what) {
    return new SandboxException(
        "tried to use "
            + what
            + ", but "
            + (rung == Rung.CHROOT ? "a chroot" : "a build in place")
            + " has no mounts and no network of its own; try another --isolation");
  }

  private SandboxException failure(String reason, IOException cause) {
    return new SandboxException(
        "tried to run a command "
            + (rung == Rung.CHROOT ? "in a chroot" : "in place")
            + ", but "
            + reason
            + "; try another --isolation",
        cause);
  }
}
