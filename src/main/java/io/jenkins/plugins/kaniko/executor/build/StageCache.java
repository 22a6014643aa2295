package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.StageBuilder.StageSources;
import io.jenkins.plugins.kaniko.executor.build.StepCache.Answer;
import io.jenkins.plugins.kaniko.executor.build.StepCache.Hit;
import io.jenkins.plugins.kaniko.executor.build.StepCache.Kind;
import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.dockerfile.CopyInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.WorkdirInstruction;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of one stage. They are computed as far ahead as can be seen without making anything, and
 * all asked for at once, so that it is known early what has to be made at all.
 */
final class StageCache {
  private final BuildSession session;
  private final StepCache cache;
  private final StepInterpreter interpreter;
  private final StepKeys keys;
  private final MountKeys mounts;
  private final CopyStep copies;
  private final Stage stage;
  private final StageSources sources;
  private final List<Instruction> steps;
  private final Map<Integer, Planned> planned = new HashMap<>();
  private int seen;

  /**
   * A step that makes a layer.
   *
   * @param key of what it reads; empty where that is not known before it is done
   * @param answer of the cache
   * @param reading what is copied, and how it was found
   */
  record Planned(Kind kind, Optional<CacheKey> key, Answer answer, Optional<Reading> reading) {}

  /**
   * What COPY and ADD read.
   *
   * @param source that checks itself
   */
  record Reading(CheckedSource source, List<CopyStep.Found> found) {}

  StageCache(
      BuildSession session,
      StepCache cache,
      StepInterpreter interpreter,
      Stage stage,
      StageSources sources,
      List<Instruction> steps) {
    this.session = session;
    this.cache = cache;
    this.interpreter = interpreter;
    this.keys = new StepKeys(session);
    this.mounts = new MountKeys(session, keys, stage, sources);
    this.copies = new CopyStep(session);
    this.stage = stage;
    this.sources = sources;
    this.steps = steps;
  }

  /**
   * What is known of a step.
   *
   * @param state before the step's own changes to variables and config
   * @return empty if the step cannot be cached
   */
  Optional<Planned> planned(int index, StageState state)
      throws BuildException, InterruptedException {
    if (cache.isOn() && index >= seen) {
      lookAhead(index, state);
    }
    return Optional.ofNullable(planned.get(index));
  }

  /** What the cache has for a step, if it was made on such a file system. */
  Optional<Hit> hit(Planned step, Lineage lineage) throws BuildException, InterruptedException {
    return fitting(step.answer().await(), lineage);
  }

  /** What was found, if it was made on such a file system. */
  Optional<Hit> fitting(Optional<Hit> found, Lineage lineage)
      throws BuildException, InterruptedException {
    if (found.isEmpty()) {
      return found;
    }
    Optional<CacheKey> below = found.get().record().below();
    return below.isEmpty() || below.get().equals(lineage.key()) ? found : Optional.empty();
  }

  /** Whether a command at this step or after it has to run, for all that can be seen. */
  boolean runsFrom(int index, StageState state) throws BuildException, InterruptedException {
    Optional<Lineage> lineage = Optional.of(state.lineage());
    for (int i = index; i < steps.size(); i++) {
      Planned step = planned.get(i);
      boolean run = steps.get(i) instanceof RunInstruction;
      if (step == null) {
        if (run) {
          return true;
        }
        if (isLayered(steps.get(i))) {
          lineage = Optional.empty();
        }
        continue;
      }
      Optional<Hit> hit = lineage.isPresent() ? hit(step, lineage.get()) : Optional.empty();
      if (run && hit.isEmpty()) {
        return true;
      }
      lineage =
          lineage.isPresent() && (hit.isPresent() || step.key().isPresent())
              ? Optional.of(after(step, lineage.get(), hit))
              : Optional.empty();
    }
    return false;
  }

  private Lineage after(Planned step, Lineage lineage, Optional<Hit> hit) {
    if (step.kind() != Kind.RUN) {
      CacheKey key = hit.flatMap(found -> found.record().content()).or(step::key).orElseThrow();
      return lineage.with(key);
    }
    return hit.orElseThrow()
        .layer(session)
        .map(layer -> lineage.with(layer, false))
        .orElse(lineage);
  }

  /** Whether an instruction may make a layer. */
  static boolean isLayered(Instruction step) {
    return step instanceof RunInstruction
        || step instanceof TransferInstruction
        || step instanceof WorkdirInstruction;
  }

  private void lookAhead(int index, StageState state) throws BuildException, InterruptedException {
    StageState shadow = state.shadow();
    for (seen = index; seen < steps.size(); seen++) {
      Instruction step = steps.get(seen);
      if (seen > index && !session.undecided() && !isReady(step)) {
        return;
      }
      try {
        Instruction expanded = interpreter.apply(step, shadow);
        if (!isLayered(step)) {
          continue;
        }
        Planned plan = plan(expanded, shadow);
        planned.put(seen, plan);
        Optional<CacheKey> key = plan.key();
        if (key.isEmpty()) {
          key = plan.answer().await().flatMap(hit -> hit.record().content());
        }
        if (key.isEmpty()) {
          seen++;
          return;
        }
        shadow.follow(key.get(), shadow.lineage());
      } catch (BuildException | DockerfileException | CopySource.UnusableException e) {
        // The step itself will say what is wrong with it, when its turn has come.
        seen++;
        return;
      } catch (IOException e) {
        throw Failures.io("read the files of " + step.original(), e);
      }
    }
  }

  /** Whether nothing that a step reads has still to be made by another stage. */
  private boolean isReady(Instruction step) {
    if (step instanceof CopyInstruction copy) {
      return copy.from().map(from -> sources.isReady(stage, from)).orElse(true);
    }
    return !(step instanceof RunInstruction run)
        || run.mounts().stream()
            .flatMap(mount -> mount.from().stream())
            .allMatch(from -> sources.isReady(stage, from));
  }

  private Planned plan(Instruction step, StageState state)
      throws BuildException, CopySource.UnusableException, IOException, InterruptedException {
    if (step instanceof RunInstruction run) {
      CacheKey key = keys.run(run, state, mounts.of(run, false));
      if (!mounts.areRead(run)) {
        return known(Kind.RUN, key, Optional.empty());
      }
      Answer answer = mounts.areFresh(run) ? Answer.NONE : find(key, Kind.RUN);
      return new Planned(Kind.RUN, Optional.empty(), answer, Optional.empty());
    }
    if (step instanceof WorkdirInstruction) {
      return known(Kind.SMALL, keys.workdir(state), Optional.empty());
    }
    TransferInstruction transfer = (TransferInstruction) step;
    Unsupported.checkExpanded(transfer);
    if (transfer instanceof CopyInstruction copy && copy.from().isPresent()) {
      Origin from = sources.find(stage, copy, copy.from().get());
      if (from instanceof Origin.Directory) {
        return read(copy, state, from.source(session), false);
      }
      Lineage origin = ((Origin.Image) from).state().lineage();
      Answer answer =
          origin.isFresh() ? Answer.NONE : find(keys.definition(copy, state, origin), Kind.COPY);
      return new Planned(Kind.COPY, Optional.empty(), answer, Optional.empty());
    }
    return read(transfer, state, ContextSource.of(session, session.context()), true);
  }

  private Planned read(
      TransferInstruction transfer, StageState state, CopySource files, boolean fromContext)
      throws BuildException, InterruptedException {
    CheckedSource source = new CheckedSource(files);
    Reading reading = new Reading(source, copies.find(transfer, source));
    CacheKey key = keys.content(transfer, state, source, reading.found(), fromContext);
    return known(Kind.COPY, key, Optional.of(reading));
  }

  private Planned known(Kind kind, CacheKey key, Optional<Reading> reading) {
    return new Planned(kind, Optional.of(key), find(key, kind), reading);
  }

  private Answer find(CacheKey key, Kind kind) {
    return cache.isReused(stage) ? cache.find(key, kind) : Answer.NONE;
  }

  /**
   * The same for a COPY whose sources have now been read.
   *
   * @param state before it
   */
  Planned settled(CopyInstruction copy, StageState state, Reading reading)
      throws BuildException, InterruptedException {
    CacheKey key = keys.content(copy, state, reading.source(), reading.found(), false);
    return known(Kind.COPY, key, Optional.of(reading));
  }

  /**
   * The same for a RUN, now that what it is shown can be read.
   *
   * @param state before it
   */
  Planned settled(RunInstruction run, StageState state)
      throws BuildException, InterruptedException {
    state.doubt(mounts.doubts(run));
    try {
      return known(Kind.RUN, keys.run(run, state, mounts.of(run, true)), Optional.empty());
    } catch (CopySource.UnusableException e) {
      throw Failures.at(run, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("read what is mounted by " + run.original(), e);
    }
  }

  /**
   * The key by which a COPY from a stage or an image, or a RUN that is shown a part of one, is
   * found without reading anything.
   *
   * @param state before it
   */
  List<StepCache.Alias> aliases(Instruction step, StageState state)
      throws BuildException, InterruptedException {
    StageState before = state.shadow();
    before.chain();
    if (step instanceof RunInstruction run && mounts.areRead(run)) {
      return List.of(() -> unread(run, before));
    }
    if (step instanceof CopyInstruction copy
        && copy.from().isPresent()
        && sources.find(stage, copy, copy.from().get()) instanceof Origin.Image image) {
      return List.of(() -> keys.definition(copy, before, image.state().lineage()));
    }
    return List.of();
  }

  private CacheKey unread(RunInstruction run, StageState before)
      throws BuildException, InterruptedException {
    try {
      return keys.run(run, before, mounts.of(run, false));
    } catch (CopySource.UnusableException e) {
      throw Failures.at(run, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("read what is mounted by " + run.original(), e);
    }
  }

  /** Takes note of what {@link #settled} has said of a step. */
  void settle(int index, Planned step) {
    planned.put(index, step);
  }
}
