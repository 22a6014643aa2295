package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * {@code STOPSIGNAL}: the signal that stops a container.
 *
 * @param source its text
 * @param signal a name such as {@code SIGTERM}, or a number
 */
public record StopSignalInstruction(Source source, String signal) implements Instruction {

  @Override
  public String keyword() {
    return "STOPSIGNAL";
  }
}
