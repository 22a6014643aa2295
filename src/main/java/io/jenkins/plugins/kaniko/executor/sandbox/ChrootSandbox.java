package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs commands with nothing but chroot, for root of a container that may make no namespaces. What
 * is mounted elsewhere lies as a copy in the root for the time of a command.
 */
final class ChrootSandbox implements Sandbox {
  private static final List<String> INSIDE =
      List.of(
          "/dev/.kaniko-build/lib/loader",
          "--library-path",
          "/dev/.kaniko-build/lib",
          "/dev/.kaniko-build/bin/sh");

  private final Path workDir;
  private final AtomicInteger runs = new AtomicInteger();
  private Path box;

  ChrootSandbox(Path workDir) {
    this.workDir = workDir;
  }

  /** Runs a shell in an empty root; empty when that works, or why not. */
  static Optional<String> tryOut() throws IOException, InterruptedException {
    Path scratch = Files.createTempDirectory("kaniko-build-chroot");
    try {
      Path root = Files.createDirectory(scratch.resolve("root"));
      Files.createDirectory(root.resolve("dev"));
      List<String> words = new ArrayList<>(INSIDE);
      words.addAll(List.of("-c", "exit 0"));
      RunRequest request = RunRequest.builder(new RootMount.Directory(root), words).build();
      int exitCode = new ChrootSandbox(scratch).run(request).exitCode();
      return exitCode == 0 ? Optional.empty() : Optional.of("a shell ended with " + exitCode);
    } catch (SandboxException e) {
      return Optional.of(e.getMessage());
    } finally {
      HostTools.run(List.of("rm", "-rf", "--one-file-system", scratch.toString()));
    }
  }

  @Override
  public Rung rung() {
    return Rung.CHROOT;
  }

  @Override
  public RunResult run(RunRequest request) throws SandboxException, InterruptedException {
    Path root = requireWhatThereIs(request);
    int number = runs.incrementAndGet();
    try {
      root = root.toRealPath();
      Path tools = box();
      Path trouble = workDir.resolve(number + ".err");
      try (Scenery scenery = new Scenery(root, workDir.resolve("held" + number))) {
        scenery.directory("/dev");
        for (BindMount bind : request.binds()) {
          scenery.file(bind.target(), Files.readAllBytes(bind.source()), 0644, 0, 0);
        }
        for (CommandMount mount : request.mounts()) {
          FileMount file = (FileMount) mount;
          scenery.file(file.target(), file.content(), file.mode(), file.uid(), file.gid());
        }
        return run(root, tools, trouble, request);
      } finally {
        Files.deleteIfExists(trouble);
      }
    } catch (IOException e) {
      throw failure(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    // What it made lies in the directory of the build, and goes with that.
  }

  private static RunResult run(Path root, Path tools, Path trouble, RunRequest request)
      throws IOException, SandboxException, InterruptedException {
    UserWords user = UserWords.of(request.user(), Rung.CHROOT);
    // A session of its own, so that what it leaves behind can be found.
    List<String> words =
        List.of(
            "setsid",
            "sh",
            "-c",
            Scripts.CHROOT,
            "chroot",
            root.toString(),
            tools.toString(),
            user.userAndGroup(),
            user.groups(),
            request.insecure() ? "insecure" : "sandbox");
    ProcessBuilder builder = new ProcessBuilder(words).redirectError(trouble.toFile());
    HostTools.cleanEnvironment(builder.environment());
    int exitCode =
        CommandRun.toTheEnd(builder.start(), request, process -> Leftovers.kill(process, root));
    String said = Files.readString(trouble, StandardCharsets.UTF_8);
    if (!said.contains(InsideScript.BEGUN)) {
      throw failure(said.strip(), null);
    }
    return new RunResult(exitCode);
  }

  private static Path requireWhatThereIs(RunRequest request) throws SandboxException {
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

  private static SandboxException missing(String what) {
    return new SandboxException(
        "tried to use "
            + what
            + ", but a chroot has no mounts and no network of its own; try another --isolation");
  }

  private static SandboxException failure(String reason, IOException cause) {
    return new SandboxException(
        "tried to run a command in a chroot, but " + reason + "; try another --isolation", cause);
  }

  private synchronized Path box() throws IOException, InterruptedException {
    if (box == null) {
      Path place = Files.createDirectories(workDir).toRealPath();
      String script = "set -euf; umask 022; cd \"$1\"; mkdir -p box/bin box/lib\n" + Scripts.BOX;
      HostTools.Outcome outcome =
          HostTools.run(List.of("sh", "-c", script, "box", place.toString()));
      if (outcome.exitCode() != 0) {
        throw new IOException(outcome.output());
      }
      box = place.resolve("box");
    }
    return box;
  }
}
