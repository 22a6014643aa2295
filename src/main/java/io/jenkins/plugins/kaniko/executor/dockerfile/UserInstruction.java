package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * {@code USER}: the user from here on.
 *
 * @param source its text
 * @param user {@code user} or {@code user:group}, by name or id
 */
public record UserInstruction(Source source, String user) implements Instruction {

  @Override
  public String keyword() {
    return "USER";
  }
}
