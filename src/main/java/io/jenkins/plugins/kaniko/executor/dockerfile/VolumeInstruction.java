package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * {@code VOLUME}: declares mount points of the image.
 *
 * @param source its text
 * @param paths the mount points
 */
public record VolumeInstruction(Source source, List<String> paths) implements Instruction {

  public VolumeInstruction {
    paths = List.copyOf(paths);
  }

  @Override
  public String keyword() {
    return "VOLUME";
  }
}
