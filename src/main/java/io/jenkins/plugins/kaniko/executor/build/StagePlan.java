package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.dockerfile.CopyInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.FromInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.InstructionExpander;
import io.jenkins.plugins.kaniko.executor.dockerfile.Mount;
import io.jenkins.plugins.kaniko.executor.dockerfile.OnbuildInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.Variables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which stages have to be built for the target, in an order in which each comes after those that it
 * needs. Stages that the target does not reach are neither built nor looked at.
 */
final class StagePlan {
  private final Dockerfile dockerfile;
  private final Variables globalArgs;
  private final Predicate<String> contexts;
  private final Map<Integer, List<Instruction>> triggers;
  private final Set<Integer> order = new LinkedHashSet<>();
  private final Set<Integer> underway = new LinkedHashSet<>();
  private final Map<Integer, FromInstruction> expandedFrom = new HashMap<>();

  private StagePlan(
      Dockerfile dockerfile,
      Variables globalArgs,
      Predicate<String> contexts,
      Map<Integer, List<Instruction>> triggers) {
    this.dockerfile = dockerfile;
    this.globalArgs = globalArgs;
    this.contexts = contexts;
    this.triggers = triggers;
  }

  /**
   * Plans a build.
   *
   * @param contexts whether a context of a name is given: it stands in for the stage of that name
   */
  static StagePlan of(
      Dockerfile dockerfile, Stage target, Variables globalArgs, Predicate<String> contexts)
      throws BuildException {
    StagePlan plan = new StagePlan(dockerfile, globalArgs, contexts, Map.of());
    plan.visit(target);
    return plan;
  }

  /**
   * The same plan with what else is needed once the base images are known.
   *
   * @param baseTriggers the ONBUILD instructions of the images that stages start from, by the index
   *     of the stage
   */
  StagePlan with(Stage target, Map<Integer, List<Instruction>> baseTriggers) throws BuildException {
    StagePlan plan = new StagePlan(dockerfile, globalArgs, contexts, baseTriggers);
    plan.visit(target);
    return plan;
  }

  /** The stage that {@code --target} names, or the last. */
  static Stage target(Dockerfile dockerfile, Optional<String> target) throws BuildException {
    List<Stage> stages = dockerfile.stages();
    if (target.isEmpty()) {
      return stages.get(stages.size() - 1);
    }
    return dockerfile
        .findStage(target.get())
        .orElseThrow(
            () ->
                new BuildException(
                    Category.USAGE,
                    "tried to build --target="
                        + target.get()
                        + ", but "
                        + dockerfile.name()
                        + " has no such stage; it has "
                        + String.join(", ", stages.stream().map(Stage::displayName).toList())));
  }

  /** The stages in building order; the last is the target. */
  List<Stage> stages() {
    return order.stream().map(dockerfile.stages()::get).toList();
  }

  /** The FROM of a reachable stage with its variables expanded. */
  FromInstruction from(Stage stage) {
    return expandedFrom.get(stage.index());
  }

  /** Whether a named context stands in for a stage: neither its FROM nor its steps count. */
  boolean isReplaced(Stage stage) {
    return stage.name().filter(contexts).isPresent();
  }

  /** The earlier stage that a stage starts from; empty for an image and for scratch. */
  Optional<Stage> parent(Stage stage) {
    if (isReplaced(stage)) {
      return Optional.empty();
    }
    return dockerfile.findStageByName(from(stage).image(), stage.index());
  }

  /** The stage at the bottom of those that a stage starts from; itself where there is none. */
  Stage lowest(Stage stage) {
    Optional<Stage> parent = parent(stage);
    return parent.isPresent() ? lowest(parent.get()) : stage;
  }

  /** The stage that {@code COPY --from} means; empty for an image. */
  Optional<Stage> source(Stage stage, String from) {
    return dockerfile
        .findStage(from, stage.index())
        .or(() -> dockerfile.findStageByName(from, dockerfile.stages().size()));
  }

  private void visit(Stage stage) throws BuildException {
    if (order.contains(stage.index())) {
      return;
    }
    if (isReplaced(stage)) {
      order.add(stage.index());
      return;
    }
    underway.add(stage.index());
    expandedFrom.put(stage.index(), expand(stage.from()));
    Optional<Stage> parent = parent(stage);
    if (parent.isPresent()) {
      visit(parent.get());
    }
    List<Instruction> steps = new ArrayList<>(triggers.getOrDefault(stage.index(), List.of()));
    parent.filter(each -> !isReplaced(each)).map(StagePlan::triggersOf).ifPresent(steps::addAll);
    steps.addAll(stage.instructions());
    for (Instruction instruction : steps) {
      Unsupported.check(instruction);
      if (instruction instanceof CopyInstruction copy && copy.from().isPresent()) {
        need(stage, copy, copy.from().get(), "copy");
      }
      if (instruction instanceof RunInstruction run) {
        for (Mount mount : run.mounts()) {
          if (mount.from().isPresent()) {
            need(stage, run, mount.from().get(), "mount");
          }
        }
      }
    }
    underway.remove(stage.index());
    order.add(stage.index());
  }

  /** What a stage leaves to those that start from it. */
  private static List<Instruction> triggersOf(Stage stage) {
    List<Instruction> left = new ArrayList<>();
    for (Instruction instruction : stage.instructions()) {
      if (instruction instanceof OnbuildInstruction onbuild) {
        left.add(onbuild.instruction());
      }
    }
    return left;
  }

  private void need(Stage stage, Instruction instruction, String from, String verb)
      throws BuildException {
    Optional<Stage> source = source(stage, from);
    if (source.isEmpty()) {
      if (contexts.test(from)) {
        return;
      }
      if (from.matches("[0-9]+")) {
        throw Failures.at(
            instruction,
            "tried to "
                + verb
                + " from stage "
                + from
                + ", but this is stage "
                + stage.index()
                + " and only earlier ones have a number; name the stage with AS");
      }
      return;
    }
    if (underway.contains(source.get().index())) {
      List<String> circle = new ArrayList<>();
      for (int index : underway) {
        circle.add(dockerfile.stages().get(index).displayName());
      }
      circle.add(source.get().displayName());
      throw Failures.at(
          instruction,
          "tried to order the stages, but they need each other in a cycle: "
              + String.join(
                  " -> ", circle.subList(circle.indexOf(source.get().displayName()), circle.size()))
              + "; move what they share into a stage of its own");
    }
    visit(source.get());
  }

  private FromInstruction expand(FromInstruction from) throws BuildException {
    try {
      FromInstruction expanded =
          (FromInstruction)
              InstructionExpander.expand(from, globalArgs, dockerfile.directives().escape());
      if (expanded.image().isEmpty()) {
        throw Failures.at(
            from,
            "tried to start from "
                + from.image()
                + ", but that is empty; declare the ARG before the first FROM and give it a value");
      }
      return expanded;
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }
}
