package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.rootfs.Changeset;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystem;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystem.MountPoint;
import io.jenkins.plugins.kaniko.executor.sandbox.BindMount;
import io.jenkins.plugins.kaniko.executor.sandbox.CommandMount;
import io.jenkins.plugins.kaniko.executor.sandbox.Network;
import io.jenkins.plugins.kaniko.executor.sandbox.ProcessUser;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import io.jenkins.plugins.kaniko.executor.sandbox.RunRequest;
import io.jenkins.plugins.kaniko.executor.sandbox.RunResult;
import io.jenkins.plugins.kaniko.executor.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** RUN: one command in the sandbox, and what it changed. */
final class RunStep {
  static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final String HOSTNAME = "kaniko-build";
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,62}");

  /** A disk with fewer bytes than this is full, whatever a command says of it. */
  private static final long NO_SPACE = 1 << 20;

  private static final int KILLED = 137;
  private static final String KILLED_HINT =
      " (SIGKILL: most likely the memory ran out; raise the memory limit of the agent)";

  private final BuildSession session;

  RunStep(BuildSession session) {
    this.session = session;
  }

  /**
   * Runs the command.
   *
   * @param output of the command, line by line
   * @throws BuildException if it ends with another exit code than 0, with its last lines
   */
  Changeset run(
      RunInstruction instruction,
      RunCommand command,
      RunMounts mounts,
      StageState state,
      OutputLines output)
      throws BuildException, InterruptedException {
    requireAllowed(session.request(), instruction);
    RootFilesystem root = state.root().orElseThrow();
    MergedTree tree = root.tree();
    try (mounts) {
      mounts.open();
      ProcessUser user = user(instruction, state, tree);
      Map<String, String> environment = environment(state, user, tree);
      environment.putAll(mounts.environment());
      requireRunnable(instruction, command, state, environment);
      List<BindMount> binds = networkFiles(tree);
      List<MountPoint> mountPoints = new ArrayList<>();
      for (String directory : List.of("proc", "sys", "dev")) {
        mountPoints.add(new MountPoint(tree.resolve(directory, true), true));
      }
      for (BindMount bind : binds) {
        mountPoints.add(new MountPoint(bind.target().substring(1), false));
      }
      mountPoints.addAll(mounts.points());
      List<CommandMount> all = new ArrayList<>(mounts.mounts());
      command.script().ifPresent(all::add);
      RootMount mount = root.beginRun(mountPoints);
      RunRequest request =
          RunRequest.builder(mount, command.argv())
              .environment(environment)
              .workingDirectory(state.workingDirectory())
              .user(user)
              .binds(binds)
              .mounts(all)
              .network(
                  instruction.network() == RunInstruction.Network.NONE
                      ? Network.NONE
                      : Network.HOST)
              .insecure(instruction.security() == RunInstruction.Security.INSECURE)
              .hostname(hostname())
              .output(output)
              .build();
      Instant start = session.clock().instant();
      RunResult result = session.sandbox().run(request);
      long millis = Duration.between(start, session.clock().instant()).toMillis();
      session.message(BuildEvent.Level.TRACE, "in the sandbox: " + millis + " ms");
      output.close();
      if (result.exitCode() != 0) {
        throw failed(instruction, result.exitCode(), output);
      }
      return root.endRun();
    } catch (SandboxException e) {
      throw new BuildException(
          Category.ENVIRONMENT, e.getMessage(), Failures.location(instruction), e);
    } catch (IOException e) {
      throw Failures.io("run " + instruction.original(), e);
    }
  }

  /** Refuses what the caller has to allow and has not. */
  static void requireAllowed(BuildRequest request, RunInstruction instruction)
      throws BuildException {
    if (instruction.security() == RunInstruction.Security.INSECURE
        && !request.allowed().contains(Entitlement.SECURITY_INSECURE)) {
      throw Failures.at(
          instruction,
          "tried to run a command with --security=insecure, but that is not allowed; allow it with"
              + " --allow security.insecure, or leave it out");
    }
  }

  private String hostname() throws BuildException {
    String given = session.request().buildArgs().getOrDefault(PredefinedArgs.HOSTNAME, "");
    if (!given.isEmpty() && !HOST_NAME.matcher(given).matches()) {
      throw new BuildException(
          Category.USAGE,
          "tried to use the build argument "
              + PredefinedArgs.HOSTNAME
              + ", but its value is no host name; give letters, digits and hyphens");
    }
    return given.isEmpty() ? HOSTNAME : given;
  }

  private static void requireRunnable(
      RunInstruction instruction,
      RunCommand command,
      StageState state,
      Map<String, String> environment)
      throws BuildException, IOException, InterruptedException {
    if (command.argv().stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
      throw Failures.at(
          instruction,
          "tried to run a command with a NUL character in its words, which no program can take;"
              + " leave it out");
    }
    // A mount may bring the program along.
    if (!instruction.mounts().isEmpty()) {
      return;
    }
    String program = command.argv().get(0);
    Optional<String> flaw =
        new Programs(state.tree(), state.workingDirectory()).flaw(program, environment);
    if (flaw.isPresent()) {
      throw Failures.at(instruction, "tried to run " + program + ", but " + flaw.get());
    }
  }

  private BuildException failed(RunInstruction instruction, int exitCode, OutputLines output)
      throws IOException {
    String ended = "the command ended with exit code " + exitCode;
    Path disk = session.directory().path();
    if (isFull(Files.getFileStore(disk), output)) {
      return new BuildException(
          Category.ENVIRONMENT,
          "tried to run a command, but the disk of "
              + session.request().storeDirectory()
              + " is full; free some space there or choose another disk with --store-dir: "
              + ended
              + output.tail(),
          Failures.location(instruction),
          null);
    }
    return Failures.at(
        instruction, ended + (exitCode == KILLED ? KILLED_HINT : "") + output.tail());
  }

  /** A command that found no space may have made some again before it ended. */
  private static boolean isFull(FileStore disk, OutputLines output) throws IOException {
    long free = disk.getUsableSpace();
    return free < NO_SPACE
        || (free < disk.getTotalSpace() / 10 && DiskFullException.isReason(output.tail()));
  }

  private static ProcessUser user(RunInstruction instruction, StageState state, MergedTree tree)
      throws BuildException, IOException {
    String spec = state.config().user().orElse("");
    try {
      return Users.of(tree).process(spec);
    } catch (Users.UnknownNameException e) {
      throw Failures.at(instruction, "tried to run as USER " + spec + ", but " + e.getMessage(), e);
    }
  }

  /**
   * Exactly the image's ENV, the visible ARGs and the predefined proxies; and HOME and PATH where
   * they say nothing.
   */
  private Map<String, String> environment(StageState state, ProcessUser user, MergedTree tree)
      throws IOException {
    Map<String, String> environment = state.environment();
    for (Map.Entry<String, String> argument : session.request().buildArgs().entrySet()) {
      if (PredefinedArgs.isProxy(argument.getKey())) {
        environment.putIfAbsent(argument.getKey(), argument.getValue());
      }
    }
    environment.putIfAbsent("PATH", DEFAULT_PATH);
    environment.putIfAbsent("HOME", Users.of(tree).home(user.uid()));
    return environment;
  }

  /**
   * The agent's resolver configuration and host names, on top of whatever the image has in their
   * place.
   */
  private List<BindMount> networkFiles(MergedTree tree) throws BuildException, IOException {
    Path directory = session.directory().path().resolve("etc");
    Path resolvConf = directory.resolve("resolv.conf");
    Path hosts = directory.resolve("hosts");
    if (!Files.exists(hosts)) {
      Files.createDirectories(directory);
      String own = new String(readOrEmpty(Path.of("/etc/hosts")), StandardCharsets.UTF_8);
      String separator = own.isEmpty() || own.endsWith("\n") ? "" : "\n";
      StringBuilder names = new StringBuilder(own).append(separator);
      names.append("127.0.0.1\t").append(hostname()).append('\n');
      session.request().runOptions().hosts().forEach(line -> names.append(line).append('\n'));
      publish(resolvConf, readOrEmpty(Path.of("/etc/resolv.conf")));
      publish(hosts, names.toString().getBytes(StandardCharsets.UTF_8));
    }
    return List.of(
        new BindMount(resolvConf, "/" + tree.resolve("etc/resolv.conf", true), true),
        new BindMount(hosts, "/" + tree.resolve("etc/hosts", true), true));
  }

  /** Whole at once: another stage may be doing the same. */
  private void publish(Path file, byte[] content) throws IOException {
    Path fresh = session.temporary("etc");
    Files.write(fresh, content);
    Files.setAttribute(fresh, "unix:mode", 0644);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static byte[] readOrEmpty(Path file) throws IOException {
    return Files.isReadable(file) ? Files.readAllBytes(file) : new byte[0];
  }
}
