package io.jenkins.plugins.kaniko.executor.dockerfile;

/**
 * Where a piece of a Dockerfile stands.
 *
 * @param file the display name of the file, or the origin of an ONBUILD trigger
 * @param startLine first line, counted from 1
 * @param endLine last line, inclusive; a here-document's terminator belongs to its instruction
 */
public record SourceRange(String file, int startLine, int endLine) {

  /** The form that messages begin with: {@code Dockerfile:7}. */
  @Override
  public String toString() {
    return file + ":" + startLine;
  }
}
