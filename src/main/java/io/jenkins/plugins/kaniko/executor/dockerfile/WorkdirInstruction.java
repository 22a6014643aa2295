package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * {@code WORKDIR}: the working directory from here on.
 *
 * @param source its text
 * @param path absolute, or relative to the one before
 */
public record WorkdirInstruction(Source source, String path) implements Instruction {

  @Override
  public String keyword() {
    return "WORKDIR";
  }
}
