package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Optional;

/** COPY and ADD: what they have in common. */
public sealed interface TransferInstruction extends Instruction
    permits AddInstruction, CopyInstruction {

  /** What goes where, with which owner and mode. */
  Transfer transfer();

  /** The paths, URLs and patterns to copy, without the here-documents. */
  default List<String> sources() {
    return transfer().sources();
  }

  /** Where they go: a directory when it ends with a slash. */
  default String destination() {
    return transfer().destination();
  }

  @Override
  default List<Heredoc> heredocs() {
    return transfer().heredocs();
  }

  /** The value of {@code --chown}. */
  default Optional<String> chown() {
    return transfer().chown();
  }

  /** The value of {@code --chmod}: octal or symbolic. */
  default Optional<String> chmod() {
    return transfer().chmod();
  }

  /** Whether {@code --link} is on. */
  default boolean link() {
    return transfer().link();
  }

  /** The patterns of the {@code --exclude} flags. */
  default List<String> exclude() {
    return transfer().exclude();
  }
}
