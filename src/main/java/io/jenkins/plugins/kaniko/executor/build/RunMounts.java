package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.build.StageBuilder.StageSources;
import io.jenkins.plugins.kaniko.executor.dockerfile.Mount;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Trees;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystem.MountPoint;
import io.jenkins.plugins.kaniko.executor.sandbox.BindMount;
import io.jenkins.plugins.kaniko.executor.sandbox.CommandMount;
import io.jenkins.plugins.kaniko.executor.sandbox.FileMount;
import io.jenkins.plugins.kaniko.executor.sandbox.RunRequest;
import io.jenkins.plugins.kaniko.executor.sandbox.TmpfsMount;
import io.jenkins.plugins.kaniko.executor.sandbox.TreeMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code --mount} flags of one RUN, from before its command to after it. */
final class RunMounts implements AutoCloseable {
  /** What the sandbox itself puts there, a mount must not hide. */
  private static final List<String> RESERVED = List.of("", "dev", "proc", "sys");

  private static final String SECRETS = "/run/secrets/";
  private static final String SSH_SOCKET = "/run/buildkit/ssh_agent.";

  private final BuildSession session;
  private final StageState state;
  private final RunInstruction instruction;
  private final MountTrees trees;
  private final StageCaches caches;
  private final List<Path> scratch = new ArrayList<>();
  private final List<CommandMount> mounts = new ArrayList<>();
  private final Map<String, Boolean> directories = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final SshAgents agents;
  private final StageSources sources;
  private final Stage stage;
  private int sshMounts;

  RunMounts(
      BuildSession session,
      Stage stage,
      StageState state,
      StageSources sources,
      RunInstruction instruction) {
    this.session = session;
    this.stage = stage;
    this.state = state;
    this.sources = sources;
    this.instruction = instruction;
    this.trees = new MountTrees(session);
    this.caches = new StageCaches(session, trees, instruction);
    this.agents = new SshAgents(session.directory().path().resolve("ssh"));
  }

  /** Prepares every mount; what had to be made or locked is given up by {@link #close}. */
  void open() throws BuildException, InterruptedException {
    List<Mount> ordered = new ArrayList<>(instruction.mounts());
    // Two builds that lock the same caches lock them in the same order.
    ordered.sort(
        Comparator.comparing(mount -> mount.type() == Mount.Type.CACHE ? cacheId(mount) : ""));
    for (Mount mount : ordered) {
      try {
        switch (mount.type()) {
          case BIND -> bind(mount);
          case CACHE -> cache(mount);
          case TMPFS -> add(new TmpfsMount(target(mount), mount.size(), mount.readOnly()), true);
          case SECRET -> secret(mount);
          case SSH -> ssh(mount);
        }
      } catch (UnusableException e) {
        throw Failures.at(instruction, e.getMessage(), e);
      } catch (IOException e) {
        throw Failures.io("prepare --mount=" + mount.text(), e);
      }
    }
    session.request().runOptions().shmSize().ifPresent(size -> mounts.add(shm(size)));
    // A mount may lie in another one.
    mounts.sort(Comparator.comparing(CommandMount::target));
  }

  private static TmpfsMount shm(long size) {
    return new TmpfsMount("/dev/shm", java.util.OptionalLong.of(size), false);
  }

  /** In the order in which they are to be mounted. */
  List<CommandMount> mounts() {
    return mounts;
  }

  /** What the root has to have for them. */
  List<MountPoint> points() {
    List<MountPoint> points = new ArrayList<>();
    List<String> outer = new ArrayList<>(List.of("/dev/"));
    for (CommandMount mount : mounts) {
      String target = mount.target();
      // In another mount the sandbox makes what is missing.
      if (outer.stream().noneMatch(target::startsWith)) {
        points.add(new MountPoint(target.substring(1), directories.getOrDefault(target, true)));
      }
      outer.add(target + "/");
    }
    return points;
  }

  /** Variables that the mounts bring along. */
  Map<String, String> environment() {
    return environment;
  }

  @Override
  public void close() throws IOException {
    try (caches;
        agents) {
      for (Path directory : scratch) {
        Trees.delete(directory);
      }
    }
  }

  private void bind(Mount mount)
      throws BuildException, UnusableException, IOException, InterruptedException {
    String path = mount.source().orElse("/");
    Path place = scratch();
    MountTrees.Source source;
    if (mount.from().isPresent()) {
      Origin origin = sources.find(stage, instruction, mount.from().get());
      source =
          origin instanceof Origin.Directory named
              ? trees.ofContext(named.context(), path, !mount.readOnly(), place)
              : trees.ofStage((Origin.Image) origin, path, place);
    } else {
      source = trees.ofContext(session.context(), path, !mount.readOnly(), place);
    }
    String target = target(mount);
    add(
        new TreeMount(source.root(), source.path(), target, source.directory(), mount.readOnly()),
        source.directory());
  }

  private void cache(Mount mount)
      throws BuildException, UnusableException, IOException, InterruptedException {
    Optional<Origin> origin =
        mount.from().isPresent()
            ? Optional.of(sources.find(stage, instruction, mount.from().get()))
            : Optional.empty();
    Path directory = caches.directory(mount, cacheId(mount), origin);
    add(new BindMount(directory, target(mount), mount.readOnly()), true);
  }

  private String cacheId(Mount mount) {
    return mount.id().orElseGet(() -> absolute(mount.target().orElse("")));
  }

  private void secret(Mount mount) throws BuildException, UnusableException, IOException {
    String id =
        mount
            .id()
            .or(mount::source)
            .orElseGet(() -> Path.of(mount.target().orElse("")).getFileName().toString());
    Optional<byte[]> content =
        new Secrets(session.request().runOptions().secrets(), System.getenv()).read(id);
    if (content.isEmpty()) {
      if (mount.required()) {
        throw new UnusableException(
            "tried to mount secret "
                + id
                + ", but none of that id is given; add --secret id="
                + id);
      }
      return;
    }
    if (mount.env().isPresent()) {
      String name = mount.env().get();
      if (!RunRequest.isHidden(name)) {
        throw new UnusableException(
            "tried to put secret "
                + id
                + " into the variable "
                + name
                + ", but a shell cannot set it; name another");
      }
      environment.put(name, new String(content.get(), StandardCharsets.UTF_8));
    }
    if (mount.env().isEmpty() || mount.target().isPresent()) {
      String path = mount.target().isPresent() ? target(mount) : resolved(SECRETS + id);
      add(
          new FileMount(
              path, content.get(), mount.mode().orElse(0400), mount.uid().orElse(0), gid(mount)),
          false);
    }
  }

  private void ssh(Mount mount)
      throws BuildException, UnusableException, IOException, InterruptedException {
    String id = mount.id().or(mount::source).orElse("default");
    List<Path> given = session.request().runOptions().ssh().getOrDefault(id, List.of());
    if (given.isEmpty()) {
      if (mount.required()) {
        throw new UnusableException(
            "tried to mount ssh " + id + ", but no agent of that id is given; add --ssh " + id);
      }
      return;
    }
    String written = mount.target().isPresent() ? target(mount) : resolved(SSH_SOCKET + sshMounts);
    sshMounts++;
    Path socket =
        agents.socket(id, given, mount.mode().orElse(0600), mount.uid().orElse(0), gid(mount));
    add(new BindMount(socket, written, true), false);
    if (state.variables().get("SSH_AUTH_SOCK").isEmpty()) {
      environment.putIfAbsent("SSH_AUTH_SOCK", written);
    }
  }

  private static int gid(Mount mount) {
    return mount.gid().orElse(0);
  }

  private void add(CommandMount mount, boolean directory) throws UnusableException, IOException {
    String target = mount.target();
    if (directories.put(target, directory) != null) {
      throw new UnusableException(
          "tried to mount twice on " + target + ", but only one can be seen; give each its target");
    }
    Optional<MergedTree.Node> there = state.root().orElseThrow().tree().lstat(target.substring(1));
    if (there.isPresent() && there.get().entry().isDirectory() != directory) {
      String other = directory ? "file" : "directory";
      throw new UnusableException(
          "tried to mount a "
              + (directory ? "directory" : "file")
              + " on "
              + target
              + ", but that is a "
              + other
              + "; choose another target");
    }
    mounts.add(mount);
  }

  private String target(Mount mount) throws BuildException, UnusableException, IOException {
    return resolved(absolute(mount.target().orElseThrow()));
  }

  private String absolute(String target) {
    return Path.of("/").resolve(state.workingDirectory()).resolve(target).normalize().toString();
  }

  /** Where the target really is, and whether something may be mounted there. */
  private String resolved(String target) throws UnusableException, IOException {
    MergedTree tree = state.root().orElseThrow().tree();
    String path = tree.resolve(target, true);
    String first = path.split("/", 2)[0];
    if (RESERVED.contains(path) || first.equals("proc") || first.equals("sys")) {
      throw new UnusableException(
          "tried to mount on " + target + ", but the builder needs that place; choose another");
    }
    return "/" + path;
  }

  private Path scratch() throws IOException {
    Path directory = session.temporaryDirectory("mount");
    scratch.add(directory);
    return directory;
  }
}
