package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * A Dockerfile that cannot be understood. The message is one sentence: {@code Dockerfile:7:1:
 * unknown instruction "RUNN"; did you mean RUN?}
 */
public final class DockerfileException extends Exception {

  private static final long serialVersionUID = 1L;
  private static final int SNIPPET_LINES = 12;

  private final String detail;
  private final transient Source source;
  private final String suggestion;

  private DockerfileException(String detail, Source source, String suggestion, Throwable cause) {
    super(sentence(detail, source, suggestion), cause);
    this.detail = detail;
    this.source = source;
    this.suggestion = suggestion;
  }

  /** An error whose place the caller knows: see {@link #at(Source)}. */
  DockerfileException(String detail) {
    this(detail, null, null, null);
  }

  DockerfileException(String detail, Source source) {
    this(detail, source, null, null);
  }

  /** The same error with the nearest valid spelling. */
  DockerfileException suggesting(Optional<String> nearest) {
    return nearest.isEmpty()
        ? this
        : new DockerfileException(detail, source, nearest.get(), getCause());
  }

  /** The same error with its place, unless it has one. */
  DockerfileException at(Source place) {
    return source != null ? this : new DockerfileException(detail, place, suggestion, this);
  }

  private static String sentence(String detail, Source source, String suggestion) {
    return (source == null ? "" : source.range() + ": ")
        + detail
        + (suggestion == null ? "" : "; did you mean " + suggestion + "?");
  }

  /** The message without place and suggestion. */
  public String detail() {
    return detail;
  }

  /** Where the error is; empty for an expansion outside an instruction and an empty file. */
  public Optional<SourceRange> range() {
    return Optional.ofNullable(source).map(Source::range);
  }

  /** The offending lines as they stand in the file; empty without a place. */
  public List<String> lines() {
    return source == null ? List.of() : source.lines();
  }

  /** The nearest valid spelling, where there is one. */
  public Optional<String> suggestion() {
    return Optional.ofNullable(suggestion);
  }

  /**
   * The offending lines with their numbers, each ended by a line feed, and where the column is
   * known, a line that points at it; empty without a place.
   */
  public String snippet() {
    if (source == null) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    List<String> lines = source.lines();
    int number = source.range().startLine();
    for (String line : lines.subList(0, Math.min(SNIPPET_LINES, lines.size()))) {
      text.append(String.format("%4d | %s", number++, line).stripTrailing()).append('\n');
    }
    if (lines.size() > SNIPPET_LINES) {
      text.append("     | ...\n");
    }
    source.range().column().ifPresent(column -> text.append(pointer(lines.get(0), column)));
    return text.toString();
  }

  /** Tabs stay tabs, so that the pointer stands below its character whatever they are wide. */
  private static String pointer(String line, int column) {
    String before = line.substring(0, Math.min(column - 1, line.length()));
    return "     | " + before.replaceAll("[^\t]", " ") + "^\n";
  }
}
