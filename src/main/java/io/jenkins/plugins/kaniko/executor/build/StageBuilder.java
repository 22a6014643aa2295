package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.StageCache.Planned;
import io.jenkins.plugins.kaniko.executor.build.StageCache.Reading;
import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.cache.CacheRecord;
import io.jenkins.plugins.kaniko.executor.dockerfile.CopyInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.WorkdirInstruction;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.oci.History;
import io.jenkins.plugins.kaniko.executor.rootfs.Changeset;
import io.jenkins.plugins.kaniko.executor.rootfs.ReservedPathException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;

/** Builds one stage, instruction by instruction. */
final class StageBuilder {
  private static final String COMMENT = "kaniko-build";

  private final BuildSession session;
  private final Stage stage;
  private final StageState state;
  private final StageSources sources;
  private final StepInterpreter interpreter;
  private final StepCache cache;
  private final StepLog log;
  private final LayerListener listener;
  private StageCache ahead;

  /**
   * Hears of every layer that the stage makes, in order, perhaps before it is written; says what it
   * does with it.
   */
  @FunctionalInterface
  interface LayerListener {
    List<Future<Void>> layer(StageLayer layer) throws BuildException, InterruptedException;
  }

  /** Finds what {@code --from} and {@code from=} name: a stage, a named context or an image. */
  interface StageSources {
    /** Waits for the stage. */
    Origin find(Stage stage, Instruction instruction, String from)
        throws BuildException, InterruptedException;

    /** Whether {@link #find} would not have to wait. */
    boolean isReady(Stage stage, String from);
  }

  StageBuilder(
      BuildSession session,
      Stage stage,
      StageState state,
      StageSources sources,
      StepInterpreter interpreter,
      StepCache cache,
      StepLog log,
      LayerListener listener) {
    this.session = session;
    this.stage = stage;
    this.state = state;
    this.sources = sources;
    this.interpreter = interpreter;
    this.cache = cache;
    this.log = log;
    this.listener = listener;
  }

  StageState build() throws BuildException, InterruptedException {
    List<Instruction> steps = new ArrayList<>(triggers());
    steps.addAll(stage.instructions());
    state.change(config -> config.onBuild(List.of()));
    log.begin(stage, steps.size());
    ahead = new StageCache(session, cache, interpreter, stage, sources, steps);
    ahead.planned(0, state);
    if (!cache.isOn() || session.undecided()) {
      prepare(0, steps);
    }
    for (int i = 0; i < steps.size(); i++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      execute(i, steps);
    }
    if (session.inPlace().isPresent()) {
      state.leaveRoot();
    }
    return state;
  }

  /** Makes the root directory, if a command has to run from here on. */
  private void prepare(int index, List<Instruction> steps)
      throws BuildException, InterruptedException {
    if (state.root().isEmpty() && ahead.runsFrom(index, state)) {
      Instruction run =
          steps.stream().skip(index).filter(RunInstruction.class::isInstance).findFirst().get();
      StageRoots.prepare(session, stage, state, run);
    }
  }

  /** ONBUILD instructions of the base, which run first. */
  private List<Instruction> triggers() throws BuildException {
    List<Instruction> triggers = BaseTriggers.parse(stage.from().image(), state.config());
    for (Instruction trigger : triggers) {
      Unsupported.check(trigger);
    }
    return triggers;
  }

  private void execute(int index, List<Instruction> steps)
      throws BuildException, InterruptedException {
    Instruction step = steps.get(index);
    log.started(step);
    try {
      Optional<Planned> plan = ahead.planned(index, state);
      Instruction expanded = interpreter.apply(step, state);
      if (expanded instanceof TransferInstruction transfer) {
        Unsupported.checkExpanded(transfer);
      }
      if (!StageCache.isLayered(expanded)) {
        state.addHistory(history(step.original(), true));
        log.finished(step, FileCounts.NONE, 0, false);
        return;
      }
      if (plan.isPresent() && reuse(expanded, plan.get())) {
        return;
      }
      if (plan.isPresent() && plan.get().key().isEmpty()) {
        plan = Optional.of(settled(expanded));
        ahead.settle(index, plan.get());
        if (reuse(expanded, plan.get())) {
          return;
        }
      }
      make(index, steps, expanded, plan);
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }

  /** A step that has to read what it takes from another stage before it is known what it is. */
  private Planned settled(Instruction step) throws BuildException, InterruptedException {
    if (step instanceof RunInstruction run) {
      return ahead.settled(run, state);
    }
    CopyInstruction copy = (CopyInstruction) step;
    Origin origin = sources.find(stage, copy, copy.from().orElseThrow());
    CheckedSource source = new CheckedSource(origin.source(session));
    Reading reading = new Reading(source, new CopyStep(session).find(copy, source));
    if (origin instanceof Origin.Image image) {
      state.doubt(image.state().doubts());
    }
    return ahead.settled(copy, state, reading);
  }

  /** Takes a step's layer from the cache, if it is there. */
  private boolean reuse(Instruction step, Planned plan)
      throws BuildException, InterruptedException {
    return reuse(step, plan, ahead.hit(plan, state.lineage()));
  }

  private boolean reuse(Instruction step, Planned plan, Optional<StepCache.Hit> hit)
      throws BuildException, InterruptedException {
    // What comes after a command that has run is put into the same root directory.
    if (hit.isEmpty() || (state.root().isPresent() && hit.get().record().layer().isPresent())) {
      return false;
    }
    CacheRecord record = hit.get().record();
    CacheKey key = plan.key().or(record::content).orElseThrow();
    Optional<StageLayer> layer = hit.get().layer(session);
    for (StepCache.Alias alias : ahead.aliases(step, state)) {
      if (plan.key().isPresent()) {
        cache.saveAlias(stage, key, alias, plan.kind(), layer, hit.get());
      } else {
        cache.export(stage, alias.key(), record.withContent(key), plan.kind(), hit.get(), layer);
      }
    }
    cache.export(stage, key, record.withoutContent(), plan.kind(), hit.get(), layer);
    boolean run = step instanceof RunInstruction;
    Lineage lineage = state.lineage();
    Optional<Lineage> made = layer.map(each -> lineage.with(each, false));
    state.follow(key, run ? made.orElse(lineage) : lineage.with(key));
    state.cachedAt(
        state.cachedAt().map(at -> at.isAfter(record.created()) ? at : record.created()));
    History history =
        History.of(
            times().of(record.created()), createdBy(step), Optional.of(COMMENT), layer.isEmpty());
    if (layer.isPresent()) {
      state.addLayer(layer.get(), history);
      listener.layer(layer.get());
    } else {
      state.addHistory(history);
    }
    CacheRecord.Counts counts = record.counts();
    FileCounts files = new FileCounts(counts.added(), counts.changed(), counts.deleted());
    log.finished(step, files, counts.bytes(), true);
    return true;
  }

  /** Makes a step, unless another stage of this build is making the same. */
  private void make(int index, List<Instruction> steps, Instruction step, Optional<Planned> plan)
      throws BuildException, InterruptedException {
    Optional<CacheKey> key = plan.flatMap(Planned::key);
    if (key.isEmpty()) {
      prepare(index, steps);
      make(step, plan);
      return;
    }
    if (state.root().isPresent() && step instanceof TransferInstruction copy && copy.link()) {
      // Other stages may have it whatever they did before, and this one has its own directory.
      cache.announce(key.get(), plan.get().kind(), ahead);
    } else {
      Optional<StepCache.Hit> claimed = cache.claim(key.get(), plan.get().kind(), ahead);
      Optional<StepCache.Hit> made = ahead.fitting(claimed, state.lineage());
      if (made.flatMap(hit -> hit.record().layer()).isPresent()) {
        // The directory does not have what the other stage made; the next command gets a new one.
        state.leaveRoot();
      }
      if (reuse(step, plan.get(), made)) {
        return;
      }
    }
    try {
      prepare(index, steps);
      make(step, plan);
    } catch (BuildException | InterruptedException | RuntimeException | Error e) {
      cache.fail(key.get(), ahead, e);
      throw e;
    } finally {
      cache.abandon(key.get(), ahead);
    }
  }

  /** Does what an instruction says, and lets the cache keep it. */
  private void make(Instruction step, Optional<Planned> plan)
      throws BuildException, InterruptedException {
    cache.missed();
    Changeset changes = changes(step, plan);
    List<StepCache.Alias> aliases = cache.isOn() ? ahead.aliases(step, state) : List.of();
    CacheKey key =
        plan.flatMap(Planned::key)
            .orElseGet(
                () -> CacheKey.of("unknown").text("id", UUID.randomUUID().toString()).build());
    Lineage below = state.lineage();
    state.cachedAt(Optional.empty());
    Optional<OwnLayer> layer = written(changes);
    List<Future<Void>> pushed = List.of();
    if (layer.isPresent()) {
      state.addLayer(layer.get(), history(createdBy(step), false));
      pushed = listener.layer(layer.get());
    } else {
      state.addHistory(history(createdBy(step), true));
    }
    FileCounts files = new FileCounts(changes.added(), changes.changed(), changes.deleted());
    if (cache.isOn()) {
      boolean run = step instanceof RunInstruction;
      Optional<Lineage> made = layer.map(each -> below.with(each, true));
      state.follow(key, run ? made.orElse(below) : below.with(key));
      plan.flatMap(Planned::reading)
          .ifPresent(reading -> state.doubt(List.of(new Doubt(layer, reading.source()))));
    }
    if (plan.isPresent()) {
      boolean link = step instanceof TransferInstruction transfer && transfer.link();
      MadeStep made =
          new MadeStep(
              stage,
              session.clock().instant(),
              link ? Optional.empty() : Optional.of(below),
              layer,
              files,
              changes.bytes(),
              state.doubts());
      cache.save(key, aliases, plan.get().kind(), made, ahead, pushed);
    }
    log.finished(step, files, changes.bytes(), false);
  }

  private Changeset changes(Instruction step, Optional<Planned> plan)
      throws BuildException, InterruptedException {
    if (step instanceof RunInstruction run) {
      OutputLines output = new OutputLines(line -> log.output(line));
      RunMounts mounts = new RunMounts(session, stage, state, sources, run);
      return new RunStep(session).run(run, RunCommand.of(run, state), mounts, state, output);
    }
    if (step instanceof WorkdirInstruction workdir) {
      return applied(step, new WorkdirStep(session).items(workdir, state));
    }
    TransferInstruction transfer = (TransferInstruction) step;
    Optional<String> from =
        transfer instanceof CopyInstruction copy ? copy.from() : Optional.empty();
    CopyStep copy = new CopyStep(session);
    Optional<Reading> reading = plan.flatMap(Planned::reading);
    if (reading.isPresent()) {
      Reading read = reading.get();
      return applied(
          step, copy.items(transfer, state, read.source(), read.found(), from.isEmpty()));
    }
    CopySource source = ContextSource.of(session, session.context());
    if (from.isPresent()) {
      source = sources.find(stage, transfer, from.get()).source(session);
    }
    return applied(
        step, copy.items(transfer, state, source, copy.find(transfer, source), from.isEmpty()));
  }

  /**
   * Puts planned entries into the root directory, if the stage has one; the layer is theirs either
   * way.
   */
  private Changeset applied(Instruction step, List<LayerItem> planned)
      throws BuildException, InterruptedException {
    // The commands that follow see the times that the image will have.
    List<LayerItem> items = times().of(planned);
    if (items.isEmpty()) {
      return new Changeset(items, 0, 0, 0, 0, Optional.empty());
    }
    try {
      if (state.root().isPresent()) {
        return state.root().get().apply(items);
      }
      // A linked layer knows nothing of those below it, which need not be fetched for a count.
      boolean linked = step instanceof TransferInstruction transfer && transfer.link();
      int changed = 0;
      long bytes = 0;
      for (LayerItem item : items) {
        bytes += item.entry().size();
        if (!linked && state.tree().lstat(item.entry().path()).isPresent()) {
          changed++;
        }
      }
      return new Changeset(items, items.size() - changed, changed, 0, bytes, Optional.empty());
    } catch (ReservedPathException e) {
      throw Failures.at(step, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("write files into the stage", e);
    }
  }

  private Optional<OwnLayer> written(Changeset changes)
      throws BuildException, InterruptedException {
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    String mediaType = session.layerType(state.format());
    OwnLayer layer = OwnLayer.write(session, mediaType, changes.items(), changes.directory());
    if (changes.directory().isEmpty() && state.root().isPresent()) {
      layer.await();
    }
    return Optional.of(layer);
  }

  private ImageTimes times() {
    return session.request().layerOptions().times();
  }

  private String createdBy(Instruction step) {
    return step instanceof RunInstruction run
        ? "RUN " + RunCommand.of(run, state).text()
        : step.original();
  }

  /** As long as all comes from the cache, the image is as old as what it is made of. */
  private History history(String createdBy, boolean empty) {
    Instant now = session.clock().instant();
    Instant time = cache.isOn() ? state.cachedAt().orElse(now) : now;
    return History.of(times().of(time), createdBy, Optional.of(COMMENT), empty);
  }
}
