package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * {@code SHELL}: the shell that runs shell forms from here on.
 *
 * @param source its text
 * @param shell its argument vector, at least one element
 */
public record ShellInstruction(Source source, List<String> shell) implements Instruction {

  public ShellInstruction {
    shell = List.copyOf(shell);
  }

  @Override
  public String keyword() {
    return "SHELL";
  }
}
