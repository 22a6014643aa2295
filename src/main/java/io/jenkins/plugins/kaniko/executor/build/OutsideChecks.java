package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.Glob;
import io.jenkins.plugins.kaniko.executor.dockerfile.Arg;
import io.jenkins.plugins.kaniko.executor.dockerfile.ArgInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.CopyInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileParser;
import io.jenkins.plugins.kaniko.executor.dockerfile.EnvInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.FromInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.KeyValue;
import io.jenkins.plugins.kaniko.executor.dockerfile.Lint;
import io.jenkins.plugins.kaniko.executor.dockerfile.OnbuildInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Warning;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The checks of a Dockerfile that its text alone cannot answer: they look at the configurations of
 * base images and at {@code .dockerignore}.
 */
final class OutsideChecks {
  /** Finds the configuration of the image that a FROM names. */
  @FunctionalInterface
  interface Images {
    /** Empty when the image is not looked at: it is a named context, or out of reach. */
    Optional<ImageConfig> config(FromInstruction from) throws BuildException, InterruptedException;
  }

  private final StagePlan plan;
  private final BuildContext context;
  private final Platform platform;
  private final Lint lint;
  private final List<Warning> warnings = new ArrayList<>();

  /** The variables that each stage leaves to those that start from it. */
  private final Map<Integer, Set<String>> environments = new HashMap<>();

  /**
   * @param platform that is built for
   */
  OutsideChecks(Dockerfile dockerfile, StagePlan plan, BuildContext context, Platform platform) {
    this.plan = plan;
    this.context = context;
    this.platform = platform;
    this.lint = Lint.of(dockerfile);
  }

  /**
   * Looks at every stage of the plan.
   *
   * @throws BuildException when an image cannot be looked at
   */
  List<Warning> run(Images images) throws BuildException, InterruptedException {
    for (Stage stage : plan.stages()) {
      if (plan.isReplaced(stage)) {
        continue;
      }
      environment(stage, images)
          .ifPresent(
              names -> {
                warnings.addAll(lint.undefinedVariables(stage, names));
                stage.instructions().forEach(step -> define(step, names));
                environments.put(stage.index(), names);
              });
      stage.instructions().forEach(this::ignoredFiles);
    }
    return List.copyOf(warnings);
  }

  /** The variables that a stage begins with; empty when its image is not looked at. */
  private Optional<Set<String>> environment(Stage stage, Images images)
      throws BuildException, InterruptedException {
    Set<String> names = new HashSet<>();
    Optional<Stage> parent = plan.parent(stage);
    if (parent.isPresent()) {
      parent.get().instructions().forEach(step -> triggered(step, names));
      Optional<Set<String>> inherited = Optional.ofNullable(environments.get(parent.get().index()));
      inherited.ifPresent(names::addAll);
      return inherited.map(known -> names);
    }
    if (!plan.from(stage).image().equals("scratch")) {
      Optional<ImageConfig> config = images.config(plan.from(stage));
      if (config.isEmpty()) {
        return Optional.empty();
      }
      names.addAll(config.get().env().keySet());
      triggers(config.get(), names);
      platform(stage, config.get());
    }
    return Optional.of(names);
  }

  private void platform(Stage stage, ImageConfig config) {
    Platform expected = plan.from(stage).platform().map(Platform::parse).orElse(platform);
    if (!expected.matches(config.platform())) {
      lint.baseImagePlatform(stage, expected.toString(), config.platform().toString())
          .ifPresent(warnings::add);
    }
  }

  private static void define(Instruction step, Set<String> names) {
    if (step instanceof EnvInstruction env) {
      env.variables().stream().map(KeyValue::key).forEach(names::add);
    } else if (step instanceof ArgInstruction arg) {
      arg.args().stream().map(Arg::name).forEach(names::add);
    }
  }

  private static void triggered(Instruction step, Set<String> names) {
    if (step instanceof OnbuildInstruction onbuild) {
      define(onbuild.instruction(), names);
    }
  }

  private static void triggers(ImageConfig config, Set<String> names) {
    for (String text : config.onBuild()) {
      try {
        define(DockerfileParser.parseTrigger("ONBUILD", text), names);
      } catch (DockerfileException e) {
        // The stage reports it, when it runs the trigger.
      }
    }
  }

  private void ignoredFiles(Instruction step) {
    boolean fromElsewhere = step instanceof CopyInstruction copy && copy.from().isPresent();
    if (!(step instanceof TransferInstruction transfer) || fromElsewhere) {
      return;
    }
    for (String source : transfer.sources()) {
      boolean plain = !source.contains("$") && !Glob.isWildcard(source) && !source.contains("://");
      if (plain && context.excludes(source)) {
        lint.copyIgnoredFile(transfer, source).ifPresent(warnings::add);
      }
    }
  }
}
