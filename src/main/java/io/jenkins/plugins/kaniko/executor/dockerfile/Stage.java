package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * One build stage: a FROM and what follows it up to the next.
 *
 * @param index its place in the file, from 0
 * @param name its name in lower case, as names compare without case; empty for a nameless stage
 * @param from the instruction that opens it
 * @param instructions what follows, in order
 */
public record Stage(
    int index, Optional<String> name, FromInstruction from, List<Instruction> instructions) {

  public Stage {
    instructions = List.copyOf(instructions);
  }

  /** The name, or the index of a nameless stage: what progress and messages show. */
  public String displayName() {
    return name.orElseGet(() -> Integer.toString(index));
  }
}
