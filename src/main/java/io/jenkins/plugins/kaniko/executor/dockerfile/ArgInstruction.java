package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * {@code ARG}: declares build arguments.
 *
 * @param source its text
 * @param args the declarations, in order
 */
public record ArgInstruction(Source source, List<Arg> args) implements Instruction {

  public ArgInstruction {
    args = List.copyOf(args);
  }

  @Override
  public String keyword() {
    return "ARG";
  }
}
