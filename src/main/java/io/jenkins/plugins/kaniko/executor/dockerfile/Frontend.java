package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The frontend that {@code # syntax=} or the build argument {@code BUILDKIT_SYNTAX} asks for. None
 * is ever fetched: every release of {@code docker/dockerfile}, of its upstream and labs channels
 * and of their mirrors is the language of this package, and other frontends are other languages.
 */
public final class Frontend {
  private static final Pattern OWN =
      Pattern.compile("(?:.+/)?docker/dockerfile(?:-upstream)?(?::[^/]*)?(?:@.*)?");

  /** What BuildKit calls the frontend that is built in; only the build argument can name it. */
  private static final String BUILT_IN = "dockerfile.v0";

  /** Lines of other languages that name their frontend. */
  private static final Pattern SLASHES =
      Pattern.compile("//\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+)");

  private static final Pattern JSON =
      Pattern.compile("\"syntax\"\\s*:\\s*\"([^\"\\\\]+)\"", Pattern.CASE_INSENSITIVE);

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
    if (override.isPresent() && image.get().equals(BUILT_IN)) {
      return;
    }
    DockerfileException error =
        foreign(
            image.get(), override.isPresent() ? "the build argument BUILDKIT_SYNTAX" : "the line");
    throw override.isEmpty() && directives.syntaxSource().isPresent()
        ? error.at(directives.syntaxSource().get())
        : error;
  }

  /**
   * Refuses a file that names its frontend as files in other languages do: by a comment {@code //
   * syntax=} at its top, or in a JSON object.
   */
  static void refuseOther(String file, List<String> lines) throws DockerfileException {
    int first = !lines.isEmpty() && lines.get(0).startsWith("#!") ? 1 : 0;
    for (int i = first; i < lines.size(); i++) {
      Matcher matcher = SLASHES.matcher(Chars.trim(lines.get(i)));
      if (!matcher.matches()) {
        break;
      }
      if (matcher.group(1).equalsIgnoreCase("syntax")) {
        String image = Chars.head(matcher.group(2)).word();
        DockerfileException error =
            OWN.matcher(image).matches()
                ? new DockerfileException("a comment begins with # and not with //")
                : foreign(image, "the line");
        throw error.at(line(file, lines, i));
      }
    }
    if (first < lines.size() && Chars.trimStart(lines.get(first)).startsWith("{")) {
      for (int i = first; i < lines.size(); i++) {
        Matcher matcher = JSON.matcher(lines.get(i));
        if (matcher.find() && !OWN.matcher(Chars.head(matcher.group(1)).word()).matches()) {
          throw foreign(matcher.group(1), "the line").at(line(file, lines, i));
        }
      }
    }
  }

  private static Source line(String file, List<String> lines, int index) {
    return new Source(
        new SourceRange(file, index + 1, index + 1),
        lines.get(index),
        lines.subList(index, index + 1),
        List.of(),
        List.of());
  }

  private static DockerfileException foreign(String image, String what) {
    return new DockerfileException(
        "tried to use the frontend "
            + image
            + ", but only the language of docker/dockerfile is spoken here, and no frontend is"
            + " fetched; remove "
            + what
            + ", or build with BuildKit");
  }
}
