package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.FromInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Lint;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.Variables;
import io.jenkins.plugins.kaniko.executor.dockerfile.Warning;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;

/** One build from its plan to its result. */
final class BuildRun {
  private final BuildSession session;
  private final List<ImageReference> destinations;
  private final BaseImages images;
  private final NamedContexts contexts;
  private final Publisher publisher;
  private final Map<Integer, List<BuildResult.Step>> steps = new ConcurrentHashMap<>();
  private final Map<String, String> globalArgs = new LinkedHashMap<>();
  private final StepCache cache;
  private final List<StageLayer> waiting = new CopyOnWriteArrayList<>();
  private StagePlan plan;
  private StageRuns runs;
  private int warnings;
  private boolean runsCommands;

  BuildRun(BuildSession session, List<ImageReference> destinations, StepCache cache) {
    this.session = session;
    this.destinations = destinations;
    this.cache = cache;
    this.images = new BaseImages(session);
    this.contexts = new NamedContexts(session, images);
    this.publisher = new Publisher(session, session.request().noPush() ? List.of() : destinations);
  }

  BuildResult run() throws BuildException, InterruptedException {
    Instant start = session.clock().instant();
    Stage target = StagePlan.target(session.dockerfile(), session.request().target());
    globalArgs.putAll(
        GlobalArgs.of(
            session.dockerfile(), session.request().buildArgs(), session.platform(), target));
    plan = StagePlan.of(session.dockerfile(), target, Variables.of(globalArgs), contexts::has);
    runsCommands =
        plan.stages().stream()
            .flatMap(stage -> stage.instructions().stream())
            .anyMatch(RunInstruction.class::isInstance);
    if (!isTentative()) {
      session.events().decided();
    }
    announce();
    requireSandbox();
    new LookAhead(session, cache.isOn()).begin(plan.stages(), this::base);
    if (!isTentative()) {
      publisher.checkPermission();
      checkOutside();
    }
    plan = BaseTriggers.extend(plan, target, this::baseConfig);
    warnOfUnusedArgs();
    requireSandbox();
    requireFormat(target);
    cache.setImage(stage -> isPublished(stage, target));
    try {
      runs =
          new StageRuns(
              plan.stages(),
              session.jobs(),
              stage -> build(stage, start(stage), isPublished(stage, target)));
      runs.run();
      if (isTentative()) {
        decide();
      }
      List<BuildResult.Step> done =
          plan.stages().stream().flatMap(stage -> stepsOf(stage).stream()).toList();
      return new FinishedImage(session, destinations, publisher, cache)
          .write(runs.result(target), start, warnings, done);
    } finally {
      cache.keepTrees();
    }
  }

  /** Whether nothing may leave this process yet, because another one may have to do the build. */
  private boolean isTentative() {
    return session.undecided() && cache.isOn() && runsCommands;
  }

  private void decide() throws BuildException, InterruptedException {
    session.events().decided();
    checkOutside();
    publisher.checkPermission();
    for (StageLayer layer : waiting) {
      publisher.layer(layer);
    }
  }

  private List<Future<Void>> publish(StageLayer layer) throws BuildException, InterruptedException {
    if (isTentative()) {
      waiting.add(layer);
      return List.of();
    }
    return publisher.layer(layer);
  }

  private void announce() {
    session.message(
        BuildEvent.Level.INFO,
        session.undecided() ? "sandbox: not needed" : session.decision().report());
    session.decision().warning().ifPresent(text -> session.message(BuildEvent.Level.WARN, text));
    List<Stage> stages = plan.stages();
    int instructions = stages.stream().mapToInt(stage -> stage.instructions().size() + 1).sum();
    session
        .events()
        .emit(
            new BuildEvent.BuildStarted(
                session.clock().instant(),
                session.dockerfile().name(),
                stages.size(),
                instructions));
    session
        .request()
        .imageOptions()
        .notes()
        .forEach(note -> session.message(BuildEvent.Level.INFO, note));
    PredefinedArgs.remarks(session.request().buildArgs(), cache.isOn())
        .forEach(remark -> session.message(BuildEvent.Level.WARN, remark));
    for (String name : session.request().noCache().stages()) {
      if (session.dockerfile().findStage(name).isEmpty()) {
        session.message(
            BuildEvent.Level.WARN, "--no-cache-filter names " + name + ", which is no stage");
      }
    }
    session.dockerfile().warnings().forEach(this::warn);
  }

  private void warnOfUnusedArgs() {
    UnusedArgs.remarks(
            session.request().buildArgs().keySet(),
            session.dockerfile(),
            plan.stages(),
            PredefinedArgs.platform(session.platform(), session.platform(), ""))
        .forEach(remark -> session.message(BuildEvent.Level.WARN, remark));
  }

  private void warn(Warning warning) {
    warnings++;
    session
        .events()
        .emit(
            new BuildEvent.Warning(
                session.clock().instant(),
                warning.rule(),
                warning.message(),
                warning.range().file(),
                warning.range().startLine()));
  }

  /** The checks that need the base images or the context. */
  private void checkOutside() throws BuildException, InterruptedException {
    OutsideChecks checks =
        new OutsideChecks(session.dockerfile(), plan, session.context(), session.platform());
    List<Warning> raised = checks.run(this::baseConfig);
    raised.forEach(this::warn);
    try {
      Lint.of(session.dockerfile()).enforce(raised);
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }

  private Optional<StageState> base(Stage stage) throws BuildException, InterruptedException {
    FromInstruction from = plan.from(stage);
    boolean image =
        !plan.isReplaced(stage)
            && plan.parent(stage).isEmpty()
            && !from.image().equals("scratch")
            && !contexts.has(from.image());
    return image ? Optional.of(images.image(from, from.image(), platform(from))) : Optional.empty();
  }

  private Optional<ImageConfig> baseConfig(FromInstruction from)
      throws BuildException, InterruptedException {
    return contexts.has(from.image())
        ? Optional.empty()
        : Optional.of(images.image(from, from.image(), platform(from)).config());
  }

  /** Fails early where a command may not run, or cannot unless the cache knows what it does. */
  private void requireSandbox() throws BuildException {
    for (Stage stage : plan.stages()) {
      for (Instruction instruction : stage.instructions()) {
        if (instruction instanceof RunInstruction run && !plan.isReplaced(stage)) {
          RunStep.requireAllowed(session.request(), run);
          if (!cache.isOn()) {
            StageRoots.requireSandbox(session, instruction);
          }
        }
      }
    }
  }

  /** Fails early where the base of the target cannot be in an image of the wanted format. */
  private void requireFormat(Stage target) throws BuildException, InterruptedException {
    if (session.request().imageOptions().formatOn(ImageFormat.OCI) == ImageFormat.DOCKER) {
      Stage lowest = plan.lowest(target);
      ImageForm.requireNames(lowest.from(), start(lowest));
    }
  }

  /** What a stage begins with. */
  private StageState start(Stage stage) throws BuildException, InterruptedException {
    if (plan.isReplaced(stage)) {
      return contexts
          .base(stage.from(), stage.name().orElseThrow(), platform(stage.from()))
          .orElseThrow();
    }
    FromInstruction from = plan.from(stage);
    Optional<Stage> parent = plan.parent(stage);
    if (parent.isPresent()) {
      return runs.result(parent.get(), stage).orElseThrow().child().withPath();
    }
    Optional<Platform> platform = platform(from);
    if (from.image().equals("scratch")) {
      return images.scratch(platform.orElse(session.platform()));
    }
    Optional<StageState> context = contexts.base(from, from.image(), platform);
    return (context.isPresent() ? context.get() : images.image(from, from.image(), platform))
        .withPath();
  }

  /** The platform that a FROM asks for. */
  static Optional<Platform> platform(FromInstruction from) throws BuildException {
    try {
      return from.platform().filter(text -> !text.isEmpty()).map(Platform::parse);
    } catch (IllegalArgumentException e) {
      throw Failures.at(from, "tried to use --platform, but " + e.getMessage(), e);
    }
  }

  private StageState build(Stage stage, StageState state, boolean published)
      throws BuildException, InterruptedException {
    if (published && plan.parent(stage).isEmpty()) {
      for (StageLayer layer : state.layers()) {
        publish(layer);
      }
    }
    if (plan.isReplaced(stage)) {
      return state;
    }
    StageBuilder builder =
        new StageBuilder(
            session,
            stage,
            state,
            new StageBuilder.StageSources() {
              @Override
              public Origin find(Stage asking, Instruction instruction, String from)
                  throws BuildException, InterruptedException {
                return source(asking, instruction, from);
              }

              @Override
              public boolean isReady(Stage asking, String from) {
                return BuildRun.this.isReady(asking, from);
              }
            },
            new StepInterpreter(session, globalArgs),
            cache,
            new StepLog(session.events(), session.clock(), stepsOf(stage)),
            published && !session.request().imageOptions().singleLayer()
                ? this::publish
                : layer -> List.of());
    return builder.build();
  }

  private List<BuildResult.Step> stepsOf(Stage stage) {
    return steps.computeIfAbsent(stage.index(), index -> new ArrayList<>());
  }

  /** The target's layers are pushed, and so are those of the stages that it starts from. */
  private boolean isPublished(Stage stage, Stage target) {
    Optional<Stage> at = Optional.of(target);
    while (at.isPresent()) {
      if (at.get().index() == stage.index()) {
        return true;
      }
      at = plan.parent(at.get());
    }
    return false;
  }

  /** Whether what {@code from} names can be had without waiting for a stage. */
  private boolean isReady(Stage stage, String from) {
    return plan.source(stage, from).map(runs::isDone).orElse(true);
  }

  private Origin source(Stage stage, Instruction instruction, String from)
      throws BuildException, InterruptedException {
    Optional<Stage> source = plan.source(stage, from);
    String context = source.flatMap(Stage::name).orElse(from);
    if (contexts.has(context) && (source.isEmpty() || plan.isReplaced(source.get()))) {
      return contexts.find(instruction, context, Optional.empty()).orElseThrow();
    }
    if (source.isPresent()) {
      String name = source.get().displayName();
      Optional<StageState> state = runs.result(source.get(), stage);
      if (state.isEmpty()) {
        throw Failures.at(
            instruction,
            "tried to use stage "
                + name
                + " in an ONBUILD trigger, but it comes later; move it up");
      }
      return new Origin.Image(state.get(), "stage " + name);
    }
    return new Origin.Image(images.image(instruction, from, Optional.empty()), from);
  }
}
