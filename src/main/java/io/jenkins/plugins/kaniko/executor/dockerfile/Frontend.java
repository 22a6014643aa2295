package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The frontend that {@code # syntax=} or the build argument {@code BUILDKIT_SYNTAX} asks for. None
 * is ever fetched: every release of {@code docker/dockerfile}, of its upstream and labs channels
 * and of their mirrors is the language of this package, and other frontends are other languages.
 */
public final class Frontend {
  private static final Pattern OWN =
      Pattern.compile("(?:.+/)?docker/dockerfile(?:-upstream)?(?::[^/]*)?(?:@.*)?");

  private Frontend() {}

  /**
   * Refuses another language.
   *
   * @param override the value of {@code BUILDKIT_SYNTAX}, which counts in place of the directive
   */
  public static void check(Dockerfile file, Optional<String> override) throws DockerfileException {
    Directives directives = file.directives();
    Optional<String> wanted = override.filter(name -> !name.isEmpty()).or(directives::syntax);
    // Behind the image there may be options of the frontend.
    Optional<String> image = wanted.map(name -> Chars.head(name).word());
    if (image.isEmpty() || OWN.matcher(image.get()).matches()) {
      return;
    }
    DockerfileException error =
        new DockerfileException(
            "tried to use the frontend "
                + image.get()
                + ", but only the language of docker/dockerfile is spoken here, and no frontend is"
                + " fetched; remove "
                + (override.isPresent() ? "the build argument BUILDKIT_SYNTAX" : "the line")
                + ", or build with BuildKit");
    throw override.isEmpty() && directives.syntaxSource().isPresent()
        ? error.at(directives.syntaxSource().get())
        : error;
  }
}
