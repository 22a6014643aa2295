package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Runs commands in namespaces of their own; this process already is root of a mount namespace of
 * its own.
 */
final class NamespaceSandbox implements Sandbox {
  private final Rung rung;
  private final Path workDir;
  private final AtomicInteger runs = new AtomicInteger();
  private final FilteredThread filtered = new FilteredThread();
  private Workshop workshop;

  NamespaceSandbox(Rung rung, Path workDir) {
    this.rung = rung;
    this.workDir = workDir;
  }

  @Override
  public Rung rung() {
    return rung;
  }

  @Override
  public RunResult run(RunRequest request) throws SandboxException, InterruptedException {
    Workshop place = workshop();
    int number = runs.incrementAndGet();
    Path trouble = place.file(number, ".err");
    Path fstab = place.file(number, ".fstab");
    MountScript mounts = new MountScript(place, rung, number);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command(place, fstab, mounts, request))
              .redirectError(trouble.toFile());
      HostTools.cleanEnvironment(builder.environment());
      int exitCode =
          CommandRun.toTheEnd(
              request.insecure() ? builder.start() : filtered.start(builder),
              InsideScript.of(request, InsideScript.BOX),
              request.output(),
              process -> CommandProcesses.kill(process, rung));
      String words = Files.readString(trouble, StandardCharsets.UTF_8);
      if (!words.contains(InsideScript.BEGUN)) {
        throw failure(words.strip(), null);
      }
      return new RunResult(exitCode);
    } catch (IOException e) {
      throw failure(e.getMessage(), e);
    } finally {
      deleteQuietly(trouble);
      deleteQuietly(fstab);
      mounts.remove();
    }
  }

  @Override
  public synchronized void close() throws SandboxException {
    filtered.close();
    if (workshop != null) {
      workshop.remove();
      workshop = null;
    }
  }

  private synchronized Workshop workshop() throws SandboxException, InterruptedException {
    if (workshop == null) {
      workshop = Workshop.prepare(workDir, rung);
    }
    return workshop;
  }

  private List<String> command(Workshop place, Path fstab, MountScript mounts, RunRequest request)
      throws IOException, SandboxException {
    // A session of its own, so that no command can type into the terminal of the build.
    List<String> words =
        new ArrayList<>(
            List.of(
                "setsid",
                "unshare",
                "--pid",
                "--mount",
                "--ipc",
                "--uts",
                "--fork",
                "--kill-child"));
    if (request.network() == Network.NONE) {
      words.add("--net");
    }
    words.add("sh");
    words.add(place.runScript().toString());
    words.add(place.directory().toString());
    words.add(request.hostname());
    words.addAll(RootWords.of(request.root(), rung));
    List<BindMount> binds = request.binds();
    if (binds.isEmpty()) {
      words.addAll(List.of("", ""));
    } else {
      Files.writeString(fstab, bindMounts(place, binds));
      words.add(fstab.toString());
      words.add(binds.stream().map(BindMount::target).collect(Collectors.joining("\n")));
    }
    UserWords user = UserWords.of(request.user(), rung);
    words.add(user.userAndGroup());
    words.add(user.groups());
    words.add(request.network().name().toLowerCase(Locale.ROOT));
    words.add(request.mounts().isEmpty() ? "" : mounts.write(request.mounts()).toString());
    words.add(request.insecure() ? "insecure" : "sandbox");
    return words;
  }

  private static String bindMounts(Workshop place, List<BindMount> binds) throws IOException {
    Fstab fstab = new Fstab();
    for (BindMount bind : binds) {
      Set<String> options = new LinkedHashSet<>(List.of("bind", "nosuid", "nodev"));
      options.addAll(MountFlags.of(bind.source()));
      if (bind.readOnly()) {
        options.add("ro");
      }
      Path target = Path.of(place.root() + bind.target());
      fstab.add(bind.source().toRealPath().toString(), target, "none", String.join(",", options));
    }
    return fstab.toString();
  }

  private static SandboxException failure(String reason, IOException cause) {
    return new SandboxException(
        "tried to prepare the root of a command, but "
            + reason
            + "; try --isolation none for a Dockerfile without RUN",
        cause);
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It lies on a tmpfs that ends with this process.
    }
  }
}
