package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.OptionalInt;

/**
 * Where a piece of a Dockerfile stands.
 *
 * @param file the display name of the file, or the origin of an ONBUILD trigger
 * @param startLine first line, counted from 1
 * @param endLine last line, inclusive; a here-document's terminator belongs to its instruction
 * @param column the first character concerned in {@code startLine}, counted from 1 in UTF-16 units;
 *     empty where the lines are meant as a whole
 */
public record SourceRange(String file, int startLine, int endLine, OptionalInt column) {

  public SourceRange(String file, int startLine, int endLine) {
    this(file, startLine, endLine, OptionalInt.empty());
  }

  /** The form that messages begin with: {@code Dockerfile:7}, or {@code Dockerfile:7:5}. */
  @Override
  public String toString() {
    return file + ":" + startLine + (column.isPresent() ? ":" + column.getAsInt() : "");
  }
}
