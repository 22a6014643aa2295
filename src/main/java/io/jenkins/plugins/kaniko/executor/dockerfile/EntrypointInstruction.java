package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * {@code ENTRYPOINT}: the executable of the image.
 *
 * @param source its text
 * @param command the command; no arguments at all clear it
 */
public record EntrypointInstruction(Source source, CommandLine command) implements Instruction {

  @Override
  public String keyword() {
    return "ENTRYPOINT";
  }
}
