package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Outline;
import io.jenkins.plugins.kaniko.executor.dockerfile.Warning;
import java.util.List;
import java.util.Optional;

/** How the answers to {@code --call} are written. */
interface CallFormat {
  /**
   * The format for a Dockerfile.
   *
   * @param name of the file, as the user gave it
   * @param text its content
   */
  static CallFormat of(boolean json, String name, String text) {
    return json ? new CallJson(name, text) : new CallText(text);
  }

  String check(List<Warning> warnings, Optional<BuildException> error);

  String outline(Outline outline);

  String targets(List<Outline.Target> targets);
}
