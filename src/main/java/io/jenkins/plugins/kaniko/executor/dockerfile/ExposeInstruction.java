package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * {@code EXPOSE}: documents ports.
 *
 * @param source its text
 * @param ports what {@link PortSpec#parse} reads, once expanded
 */
public record ExposeInstruction(Source source, List<String> ports) implements Instruction {

  public ExposeInstruction {
    ports = List.copyOf(ports);
  }

  @Override
  public String keyword() {
    return "EXPOSE";
  }
}
