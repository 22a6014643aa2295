package io.jenkins.plugins.kaniko.executor.build;

import java.util.List;
import java.util.Optional;

/**
 * A place in a text file that an error or a warning is about.
 *
 * @param file name as the user gave it
 * @param line number of the first offending line, counted from 1
 * @param column the character at fault in that line, counted from 1; empty where the lines are
 *     meant as a whole
 * @param snippet the offending lines themselves, the first one being {@code line}; may be empty
 */
public record SourceLocation(
    String file, int line, Optional<Integer> column, List<String> snippet) {
  public SourceLocation {
    snippet = List.copyOf(snippet);
  }

  public SourceLocation(String file, int line, List<String> snippet) {
    this(file, line, Optional.empty(), snippet);
  }

  public static SourceLocation of(String file, int line) {
    return new SourceLocation(file, line, List.of());
  }

  /** {@code Dockerfile:7}, or {@code Dockerfile:7:5}. */
  @Override
  public String toString() {
    return file + ":" + line + column.map(at -> ":" + at).orElse("");
  }
}
