package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Arg;
import io.jenkins.plugins.kaniko.executor.dockerfile.ArgInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.InstructionExpander;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.Variables;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments that FROM sees: ARGs before the first FROM, and those that describe platforms. */
final class GlobalArgs {
  private GlobalArgs() {}

  /**
   * Their values; platform arguments come first, so that the others can use them.
   *
   * @param given the values of {@code --build-arg}
   * @param platform that is built for
   */
  static Map<String, String> of(
      Dockerfile dockerfile, Map<String, String> given, Platform platform, Stage target)
      throws BuildException {
    Map<String, String> values = new LinkedHashMap<>();
    values.putAll(
        PredefinedArgs.platform(Platform.current(), platform, target.name().orElse("default")));
    values.replaceAll(given::getOrDefault);
    char escape = dockerfile.directives().escape();
    try {
      for (ArgInstruction instruction : dockerfile.globalArgs()) {
        for (Arg arg : instruction.args()) {
          Variables visible = Variables.of(values);
          String name = InstructionExpander.named(instruction, arg, visible, escape).name();
          if (given.containsKey(name)) {
            values.put(name, given.get(name));
            continue;
          }
          ArgInstruction single = new ArgInstruction(instruction.source(), List.of(arg));
          ((ArgInstruction) InstructionExpander.expand(single, visible, escape))
              .args()
              .get(0)
              .defaultValue()
              .ifPresent(value -> values.put(name, value));
        }
      }
      return values;
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }
}
