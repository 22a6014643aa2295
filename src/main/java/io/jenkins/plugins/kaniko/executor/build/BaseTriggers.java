package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileParser;
import io.jenkins.plugins.kaniko.executor.dockerfile.FromInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ONBUILD instructions of base images: they can copy from stages that nothing else needs. */
final class BaseTriggers {
  private BaseTriggers() {}

  /** The plan with the stages that base images need, and with those that these need. */
  static StagePlan extend(StagePlan plan, Stage target, OutsideChecks.Images images)
      throws BuildException, InterruptedException {
    Map<Integer, List<Instruction>> triggers = new HashMap<>();
    StagePlan extended = plan;
    int known;
    do {
      known = extended.stages().size();
      for (Stage stage : extended.stages()) {
        if (!triggers.containsKey(stage.index())) {
          triggers.put(stage.index(), triggers(extended, stage, images));
        }
      }
      extended = extended.with(target, triggers);
    } while (extended.stages().size() > known);
    return extended;
  }

  private static List<Instruction> triggers(
      StagePlan plan, Stage stage, OutsideChecks.Images images)
      throws BuildException, InterruptedException {
    FromInstruction from = plan.from(stage);
    if (plan.isReplaced(stage)
        || plan.parent(stage).isPresent()
        || from.image().equals("scratch")) {
      return List.of();
    }
    Optional<ImageConfig> config = images.config(from);
    return config.isEmpty() ? List.of() : parse(from.image(), config.get());
  }

  /** The ONBUILD instructions of a config; {@code base} is what a FROM calls it. */
  static List<Instruction> parse(String base, ImageConfig config) throws BuildException {
    List<Instruction> triggers = new ArrayList<>();
    for (String text : config.onBuild()) {
      try {
        triggers.add(DockerfileParser.parseTrigger("ONBUILD of " + base, text));
      } catch (DockerfileException e) {
        throw Failures.dockerfile(e);
      }
    }
    return triggers;
  }
}
