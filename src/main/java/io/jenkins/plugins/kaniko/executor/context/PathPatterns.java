package io.jenkins.plugins.kaniko.executor.context;

import java.util.List;

/**
 * Patterns of paths in the language of {@code .dockerignore}, for {@code --exclude} and {@code
 * --parents}: {@code **} for any number of directories, {@code !} for exceptions, and whatever
 * matches a directory matches everything below it.
 */
public final class PathPatterns {
  private final DockerIgnore rules;

  private PathPatterns(DockerIgnore rules) {
    this.rules = rules;
  }

  /**
   * Reads patterns as the lines of a {@code .dockerignore} file.
   *
   * @param origin for messages: where the patterns come from
   * @throws ContextException if a pattern is not well-formed
   */
  public static PathPatterns of(String origin, List<String> patterns) throws ContextException {
    return new PathPatterns(DockerIgnore.parse(origin, patterns));
  }

  /** Whether the last pattern that matches the path, or a directory above it, is no exception. */
  public boolean matches(String path) {
    return rules.ignores(path);
  }

  /** Whether an exception could match something below a directory that itself is matched. */
  public boolean mayExceptBelow(String directory) {
    return rules.mayIncludeBelow(directory);
  }
}
