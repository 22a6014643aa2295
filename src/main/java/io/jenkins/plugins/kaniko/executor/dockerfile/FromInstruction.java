package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;

/**
 * {@code FROM [--platform=<platform>] <image> [AS <name>]}: opens a stage.
 *
 * @param source its text
 * @param image an image reference, an earlier stage or {@code scratch}
 * @param platform the value of {@code --platform}
 * @param name the name of the stage as it is written
 */
public record FromInstruction(
    Source source, String image, Optional<String> platform, Optional<String> name)
    implements Instruction {

  @Override
  public String keyword() {
    return "FROM";
  }
}
