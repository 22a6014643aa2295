package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * {@code ONBUILD}: an instruction for builds that start from this image. It is expanded when it
 * triggers, not here.
 *
 * @param source its text
 * @param trigger the text that goes into the image configuration, with here-document bodies
 * @param instruction the trigger, parsed
 */
public record OnbuildInstruction(Source source, String trigger, Instruction instruction)
    implements Instruction {

  @Override
  public String keyword() {
    return "ONBUILD";
  }
}
