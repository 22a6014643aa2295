package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * {@code LABEL}: adds labels to the image.
 *
 * @param source its text
 * @param labels the pairs, in order
 */
public record LabelInstruction(Source source, List<KeyValue> labels) implements Instruction {

  public LabelInstruction {
    labels = List.copyOf(labels);
  }

  @Override
  public String keyword() {
    return "LABEL";
  }
}
