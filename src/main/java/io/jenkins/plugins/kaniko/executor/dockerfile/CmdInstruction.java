package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * {@code CMD}: the default command of the image.
 *
 * @param source its text
 * @param command the command; no arguments at all clear it
 */
public record CmdInstruction(Source source, CommandLine command) implements Instruction {

  @Override
  public String keyword() {
    return "CMD";
  }
}
