package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * {@code ENV}: sets environment variables of the image. All values see the variables before the
 * line.
 *
 * @param source its text
 * @param variables the pairs, in order
 */
public record EnvInstruction(Source source, List<KeyValue> variables) implements Instruction {

  public EnvInstruction {
    variables = List.copyOf(variables);
  }

  @Override
  public String keyword() {
    return "ENV";
  }
}
