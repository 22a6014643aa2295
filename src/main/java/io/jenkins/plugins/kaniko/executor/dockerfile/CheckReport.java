package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * What is wrong with a Dockerfile: {@code --call=check}. It is found without building and without
 * any image.
 *
 * @param warnings the checks that failed, in line order; none when the file is not valid
 * @param error why the file cannot be built at all
 */
public record CheckReport(List<Warning> warnings, Optional<DockerfileException> error) {

  public CheckReport {
    warnings = List.copyOf(warnings);
  }

  /**
   * Checks a Dockerfile.
   *
   * @param displayName what messages call the file
   * @param text its content, decoded from UTF-8
   */
  public static CheckReport of(String displayName, String text) {
    try {
      return new CheckReport(
          DockerfileParser.parse(displayName, text).warnings(), Optional.empty());
    } catch (DockerfileException e) {
      return new CheckReport(List.of(), Optional.of(e));
    }
  }

  /** Whether nothing is wrong: what {@code --call=check} exits with. */
  public boolean clean() {
    return warnings.isEmpty() && error.isEmpty();
  }
}
