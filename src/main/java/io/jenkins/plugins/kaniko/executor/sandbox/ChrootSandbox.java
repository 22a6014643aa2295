package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs commands with nothing but chroot, for root of a container that may make no namespaces. */
final class ChrootSandbox extends BareSandbox {
  private static final List<String> INSIDE =
      List.of(
          "/dev/.kaniko-build/lib/loader",
          "--library-path",
          "/dev/.kaniko-build/lib",
          "/dev/.kaniko-build/bin/sh");

  private final Path workDir;
  private Path box;
  private boolean withoutProc;
  private LentProc proc;

  ChrootSandbox(Path workDir) {
    super(Rung.CHROOT, InsideScript.BOX);
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
      ChrootSandbox sandbox = new ChrootSandbox(scratch);
      sandbox.withoutProc = true;
      int exitCode = sandbox.run(request).exitCode();
      return exitCode == 0 ? Optional.empty() : Optional.of("a shell ended with " + exitCode);
    } catch (SandboxException e) {
      return Optional.of(e.getMessage());
    } finally {
      HostTools.run(List.of("rm", "-rf", "--one-file-system", scratch.toString()));
    }
  }

  @Override
  Path wings() throws IOException {
    return Files.createTempDirectory(workDir, "run");
  }

  @Override
  void furnish(Scenery scenery, RunRequest request) throws IOException {
    scenery.directory("/dev");
    for (BindMount bind : request.binds()) {
      scenery.file(bind.target(), Files.readAllBytes(bind.source()), 0644, 0, 0);
    }
  }

  @Override
  List<String> words(Path root, RunRequest request)
      throws IOException, SandboxException, InterruptedException {
    UserWords user = UserWords.of(request.user(), Rung.CHROOT);
    // A session of its own, so that what it leaves behind can be found.
    return List.of(
        "setsid",
        "sh",
        "-c",
        Scripts.CHROOT,
        "chroot",
        root.toString(),
        box().toString(),
        user.userAndGroup(),
        user.groups(),
        request.insecure() ? "insecure" : "sandbox");
  }

  /** With a /proc that is lent, where it can be had. */
  @Override
  Process start(ProcessBuilder builder, RunRequest request)
      throws IOException, InterruptedException {
    LentProc lent = request.insecure() ? null : proc(request);
    return lent == null ? builder.start() : lent.start(builder);
  }

  @Override
  public synchronized void close() {
    if (proc != null) {
      proc.close();
    }
  }

  @Override
  Consumer<Process> killer(Path root) {
    return process -> Leftovers.kill(process, root);
  }

  private synchronized LentProc proc(RunRequest request) throws IOException, InterruptedException {
    if (proc == null && !withoutProc) {
      try {
        proc = LentProc.open();
      } catch (IOException e) {
        withoutProc = true;
        String words = "kaniko-build: no /proc can be lent to commands: " + e.getMessage() + "\n";
        request.output().write(words.getBytes(StandardCharsets.UTF_8));
      }
    }
    return proc;
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
