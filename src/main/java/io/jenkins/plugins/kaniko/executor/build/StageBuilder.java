package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Arg;
import io.jenkins.plugins.kaniko.executor.dockerfile.ArgInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.CopyInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileParser;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.InstructionExpander;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.WorkdirInstruction;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.oci.Compression;
import io.jenkins.plugins.kaniko.executor.oci.History;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.rootfs.Changeset;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds one stage, instruction by instruction. */
final class StageBuilder {
  private final BuildSession session;
  private final Stage stage;
  private final StageState state;
  private final StageSources sources;
  private final Map<String, String> globalArgs;
  private final StepLog log;
  private final LayerListener listener;

  /** Hears of every layer that the stage makes, in order, perhaps before it is written. */
  @FunctionalInterface
  interface LayerListener {
    void layer(StageLayer layer) throws BuildException, InterruptedException;
  }

  /** Finds what {@code --from} and {@code from=} name: a stage, a named context or an image. */
  @FunctionalInterface
  interface StageSources {
    Origin find(Stage stage, Instruction instruction, String from)
        throws BuildException, InterruptedException;
  }

  StageBuilder(
      BuildSession session,
      Stage stage,
      StageState state,
      StageSources sources,
      Map<String, String> globalArgs,
      StepLog log,
      LayerListener listener) {
    this.session = session;
    this.stage = stage;
    this.state = state;
    this.sources = sources;
    this.globalArgs = globalArgs;
    this.log = log;
    this.listener = listener;
  }

  StageState build() throws BuildException, InterruptedException {
    List<Instruction> steps = new ArrayList<>(triggers());
    steps.addAll(stage.instructions());
    state.change(config -> config.onBuild(List.of()));
    log.begin(stage, steps.size());
    Optional<Instruction> run = steps.stream().filter(RunInstruction.class::isInstance).findFirst();
    if (run.isPresent()) {
      StageRoots.prepare(session, stage, state, run.get());
    }
    for (Instruction step : steps) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      execute(step);
    }
    return state;
  }

  /** ONBUILD instructions of the base, which run first. */
  private List<Instruction> triggers() throws BuildException {
    List<Instruction> triggers = new ArrayList<>();
    try {
      for (String trigger : state.config().onBuild()) {
        Instruction instruction =
            DockerfileParser.parseTrigger("ONBUILD of " + stage.from().image(), trigger);
        Unsupported.check(instruction);
        triggers.add(instruction);
      }
      return triggers;
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }

  private void execute(Instruction step) throws BuildException, InterruptedException {
    log.started(step);
    try {
      if (step instanceof ArgInstruction arg) {
        arg(arg);
        state.addHistory(history(step.original(), true));
        log.finished(step, FileCounts.NONE, 0);
        return;
      }
      Instruction expanded = expand(step);
      if (expanded instanceof RunInstruction run) {
        run(run);
      } else if (expanded instanceof TransferInstruction transfer) {
        Unsupported.checkExpanded(transfer);
        transfer(transfer);
      } else if (expanded instanceof WorkdirInstruction workdir) {
        workdir(workdir);
      } else {
        if (!MetadataStep.apply(expanded, state)) {
          throw new IllegalStateException("no handler for " + step.keyword());
        }
        state.addHistory(history(step.original(), true));
        log.finished(step, FileCounts.NONE, 0);
      }
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }

  private Instruction expand(Instruction step) throws DockerfileException {
    return InstructionExpander.expand(
        step, state.variables(), session.dockerfile().directives().escape());
  }

  /** Name by name, so that a default can use the name before it on the same line. */
  private void arg(ArgInstruction instruction) throws DockerfileException {
    for (Arg arg : instruction.args()) {
      String given = session.request().buildArgs().get(arg.name());
      if (given != null) {
        state.arg(arg.name(), given);
      } else if (arg.defaultValue().isPresent()) {
        ArgInstruction single = new ArgInstruction(instruction.source(), List.of(arg));
        state.arg(
            arg.name(),
            ((ArgInstruction) expand(single)).args().get(0).defaultValue().orElseThrow());
      } else if (globalArgs.containsKey(arg.name())) {
        state.arg(arg.name(), globalArgs.get(arg.name()));
      }
    }
  }

  private void run(RunInstruction run) throws BuildException, InterruptedException {
    OutputLines output = new OutputLines(line -> log.output(line));
    RunCommand command = RunCommand.of(run, state);
    RunMounts mounts = new RunMounts(session, stage, state, sources, run);
    Changeset changes = new RunStep(session).run(run, command, mounts, state, output);
    commit(run, changes, "RUN " + command.text());
  }

  private void transfer(TransferInstruction transfer) throws BuildException, InterruptedException {
    Optional<String> from =
        transfer instanceof CopyInstruction copy ? copy.from() : Optional.empty();
    CopySource source = ContextSource.of(session, session.context());
    if (from.isPresent()) {
      source = sources.find(stage, transfer, from.get()).source(session);
    }
    List<LayerItem> items = new CopyStep(session).items(transfer, state, source, from.isEmpty());
    commit(transfer, applied(items), transfer.original());
  }

  private void workdir(WorkdirInstruction workdir) throws BuildException, InterruptedException {
    String path = normal(CopyStep.absolute(state.workingDirectory(), workdir.path()));
    state.change(config -> config.workingDir(path));
    try {
      CopyPlan plan = new CopyPlan(state.tree(), workdirOwner(workdir));
      String resolved = state.tree().resolve(path, true);
      if (state.tree().lstat(resolved).isPresent()) {
        plan.makeDirectories(resolved);
        commit(workdir, applied(List.of()), workdir.original());
      } else {
        plan.makeDirectories(resolved);
        commit(workdir, applied(plan.items()), workdir.original());
      }
    } catch (CopySource.UnusableException e) {
      throw Failures.at(
          workdir,
          "tried to make the working directory " + path + ", but it is a file; name another",
          e);
    } catch (IOException e) {
      throw Failures.io("make the working directory " + path, e);
    }
  }

  private CopyPlan.Attributes workdirOwner(WorkdirInstruction workdir)
      throws BuildException, InterruptedException, IOException {
    String user = state.config().user().orElse("");
    Users.Owner owner = Users.Owner.ROOT;
    if (!user.isEmpty()) {
      try {
        var process = Users.of(state.tree()).process(user);
        owner = new Users.Owner(process.uid(), process.gid());
      } catch (Users.UnknownNameException e) {
        throw Failures.at(
            workdir,
            "tried to make the working directory for USER " + user + ", but " + e.getMessage(),
            e);
      }
    }
    return new CopyPlan.Attributes(
        Optional.of(owner), Optional.empty(), session.clock().instant().getEpochSecond());
  }

  /**
   * Puts planned entries into the root directory, if the stage has one; the layer is theirs either
   * way.
   */
  private Changeset applied(List<LayerItem> items) throws BuildException, InterruptedException {
    if (items.isEmpty()) {
      return new Changeset(items, 0, 0, 0, 0, Optional.empty());
    }
    try {
      if (state.root().isPresent()) {
        return state.root().get().apply(items);
      }
      int changed = 0;
      long bytes = 0;
      for (LayerItem item : items) {
        bytes += item.entry().size();
        if (state.tree().lstat(item.entry().path()).isPresent()) {
          changed++;
        }
      }
      return new Changeset(items, items.size() - changed, changed, 0, bytes, Optional.empty());
    } catch (IOException e) {
      throw Failures.io("write files into the stage", e);
    }
  }

  private void commit(Instruction step, Changeset changes, String createdBy)
      throws BuildException, InterruptedException {
    if (changes.isEmpty()) {
      state.addHistory(history(createdBy, true));
    } else {
      String mediaType = MediaTypes.layer(state.format(), Compression.GZIP);
      OwnLayer layer = OwnLayer.write(session, mediaType, changes.items(), changes.directory());
      if (changes.directory().isEmpty() && state.root().isPresent()) {
        layer.await();
      }
      state.addLayer(layer, history(createdBy, false));
      listener.layer(layer);
    }
    log.finished(
        step,
        new FileCounts(changes.added(), changes.changed(), changes.deleted()),
        changes.bytes());
  }

  private History history(String createdBy, boolean empty) {
    Instant now = session.clock().instant();
    return History.of(now, createdBy, Optional.of("kaniko-build"), empty);
  }

  /** An absolute path without ".", ".." and double slashes. */
  private static String normal(String path) {
    String clean = java.nio.file.Path.of("/").resolve(path).normalize().toString();
    return clean.isEmpty() ? "/" : clean;
  }
}
