package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * {@code MAINTAINER}: the author of the image; deprecated.
 *
 * @param source its text
 * @param author the name
 */
public record MaintainerInstruction(Source source, String author) implements Instruction {

  @Override
  public String keyword() {
    return "MAINTAINER";
  }
}
