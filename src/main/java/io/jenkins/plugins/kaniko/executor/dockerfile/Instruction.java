package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * One instruction of a Dockerfile with its fields parsed and validated, but not yet expanded:
 * {@link InstructionExpander} does that.
 */
public sealed interface Instruction
    permits ArgInstruction,
        CmdInstruction,
        EntrypointInstruction,
        EnvInstruction,
        ExposeInstruction,
        FromInstruction,
        HealthcheckInstruction,
        LabelInstruction,
        MaintainerInstruction,
        OnbuildInstruction,
        RunInstruction,
        ShellInstruction,
        StopSignalInstruction,
        TransferInstruction,
        UserInstruction,
        VolumeInstruction,
        WorkdirInstruction {

  /** What the instruction remembers of its text. */
  Source source();

  /** The name of the instruction in upper case. */
  String keyword();

  /** Where the instruction stands. */
  default SourceRange range() {
    return source().range();
  }

  /** The text of the instruction on one line, for display and history. */
  default String original() {
    return source().original();
  }

  /**
   * The flags that were given, in source order: {@code --link}, {@code --chown}; with the value
   * where the value is the feature: {@code --mount=type=cache}, {@code --network=none}, {@code
   * --unpack=false}.
   */
  default List<String> usedFlags() {
    return source().usedFlags();
  }

  /** The here-documents of the instruction, in order. */
  default List<Heredoc> heredocs() {
    return List.of();
  }
}
