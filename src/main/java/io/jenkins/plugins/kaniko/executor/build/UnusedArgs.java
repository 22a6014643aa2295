package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Arg;
import io.jenkins.plugins.kaniko.executor.dockerfile.ArgInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Build arguments that no ARG asks for, most often because of a misspelt name. */
final class UnusedArgs {
  private UnusedArgs() {}

  /**
   * A remark on each.
   *
   * @param planned the stages that are built, with the triggers of their base images
   * @param builtIn arguments with a meaning of their own
   */
  static List<String> remarks(
      Collection<String> given,
      Dockerfile dockerfile,
      List<Stage> planned,
      Map<String, String> builtIn) {
    Set<String> declared =
        Stream.of(
                dockerfile.globalArgs().stream(),
                instructions(dockerfile.stages()),
                instructions(planned))
            .flatMap(each -> each)
            .filter(ArgInstruction.class::isInstance)
            .flatMap(each -> ((ArgInstruction) each).args().stream())
            .map(Arg::name)
            .collect(Collectors.toCollection(TreeSet::new));
    // Variables and quotes are resolved when the ARG is met: such a name may be any.
    if (declared.stream().anyMatch(name -> !name.matches("[\\w.-]+"))) {
      return List.of();
    }
    return given.stream()
        .filter(name -> !declared.contains(name) && !isKnown(name, builtIn))
        .map(name -> remark(name, declared))
        .toList();
  }

  private static Stream<Instruction> instructions(List<Stage> stages) {
    return stages.stream().flatMap(stage -> stage.instructions().stream());
  }

  private static boolean isKnown(String name, Map<String, String> builtIn) {
    return PredefinedArgs.isProxy(name)
        || builtIn.containsKey(name)
        || name.startsWith("BUILDKIT_")
        || name.equals("SOURCE_DATE_EPOCH");
  }

  private static String remark(String name, Set<String> declared) {
    return "the build argument "
        + name
        + " has no effect: no ARG declares it"
        + Spelling.nearest(name, declared).map(near -> "; did you mean " + near + "?").orElse("");
  }
}
