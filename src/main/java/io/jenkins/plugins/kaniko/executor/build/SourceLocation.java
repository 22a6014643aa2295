package io.jenkins.plugins.kaniko.executor.build;

import java.util.List;

/**
 * A place in a text file that an error or a warning is about.
 *
 * @param file name as the user gave it
 * @param line number of the first offending line, counted from 1
 * @param snippet the offending lines themselves, the first one being {@code line}; may be empty
 */
public record SourceLocation(String file, int line, List<String> snippet) {
  public SourceLocation {
    snippet = List.copyOf(snippet);
  }

  public static SourceLocation of(String file, int line) {
    return new SourceLocation(file, line, List.of());
  }

  /** {@code Dockerfile:7}. */
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
