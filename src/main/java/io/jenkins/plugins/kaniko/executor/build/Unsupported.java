package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.AddInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import java.util.Set;

/**
 * What the language has and this builder does not have yet: refused before anything is built, never
 * skipped.
 */
final class Unsupported {
  private static final Set<String> SUPPORTED =
      Set.of(
          "--from",
          "--chown",
          "--chmod",
          "--platform",
          "--exclude",
          "--checksum",
          "--link",
          "--link=false",
          "--parents",
          "--parents=false",
          "--keep-git-dir",
          "--keep-git-dir=true",
          "--keep-git-dir=false",
          "--unpack",
          "--unpack=false");

  private Unsupported() {}

  /** Throws if an instruction, its variables not yet expanded, asks for what is not there. */
  static void check(Instruction instruction) throws BuildException {
    if (instruction instanceof RunInstruction || instruction instanceof TransferInstruction) {
      if (instruction instanceof RunInstruction run && !run.devices().isEmpty()) {
        throw Failures.at(
            instruction,
            "tried to give the command the device "
                + run.devices().get(0).name()
                + ", but --device is not supported yet: no step gets a device of the machine; write"
                + " the step without it");
      }
      for (String flag : instruction.usedFlags()) {
        if (!SUPPORTED.contains(flag) && !isOfRun(flag)) {
          throw refuse(instruction, instruction.keyword() + " " + flag);
        }
      }
    }
  }

  /** Refuses what can only be seen once variables are expanded. */
  static void checkExpanded(TransferInstruction instruction) throws BuildException {
    if (instruction instanceof AddInstruction) {
      check(instruction);
    }
  }

  private static boolean isOfRun(String flag) {
    return flag.startsWith("--mount")
        || flag.startsWith("--network")
        || flag.startsWith("--security");
  }

  private static BuildException refuse(Instruction instruction, String what) {
    return Failures.at(
        instruction,
        "tried to understand " + what + ", but it is not supported yet; write the step without it");
  }
}
