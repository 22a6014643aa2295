package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Arg;
import io.jenkins.plugins.kaniko.executor.dockerfile.ArgInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.InstructionExpander;
import io.jenkins.plugins.kaniko.executor.dockerfile.WorkdirInstruction;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What instructions do to variables and config; it takes no look at files. */
final class StepInterpreter {
  private final BuildSession session;
  private final Map<String, String> globalArgs;

  StepInterpreter(BuildSession session, Map<String, String> globalArgs) {
    this.session = session;
    this.globalArgs = globalArgs;
  }

  /**
   * Applies an instruction to variables and config, as far as it concerns them.
   *
   * @return the instruction with its variables expanded
   */
  Instruction apply(Instruction step, StageState state) throws DockerfileException {
    if (step instanceof ArgInstruction arg) {
      arg(arg, state);
      return arg;
    }
    Instruction expanded = expand(step, state);
    if (expanded instanceof WorkdirInstruction workdir) {
      String path = normal(CopyStep.absolute(state.workingDirectory(), workdir.path()));
      state.change(config -> config.workingDir(path));
    } else {
      MetadataStep.apply(expanded, state);
    }
    return expanded;
  }

  private Instruction expand(Instruction step, StageState state) throws DockerfileException {
    return InstructionExpander.expand(
        step, state.variables(), session.dockerfile().directives().escape());
  }

  /** Name by name, so that a default can use the name before it on the same line. */
  private void arg(ArgInstruction instruction, StageState state) throws DockerfileException {
    char escape = session.dockerfile().directives().escape();
    for (Arg written : instruction.args()) {
      Arg arg = InstructionExpander.named(instruction, written, state.variables(), escape);
      String given = session.request().buildArgs().get(arg.name());
      if (given != null) {
        state.arg(arg.name(), given);
      } else if (arg.defaultValue().isPresent()) {
        ArgInstruction single = new ArgInstruction(instruction.source(), List.of(written));
        state.arg(
            arg.name(),
            ((ArgInstruction) expand(single, state)).args().get(0).defaultValue().orElseThrow());
      } else if (globalArgs.containsKey(arg.name())) {
        state.arg(arg.name(), globalArgs.get(arg.name()));
      }
    }
  }

  /** An absolute path without ".", ".." and double slashes. */
  private static String normal(String path) {
    String clean = Path.of("/").resolve(path).normalize().toString();
    return clean.isEmpty() ? "/" : clean;
  }
}
