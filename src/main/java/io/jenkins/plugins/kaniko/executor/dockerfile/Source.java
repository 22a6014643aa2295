package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What every instruction remembers of its text.
 *
 * @param range where it stands
 * @param original its logical line: continuation lines joined, comments left out, here-document
 *     bodies not included
 * @param lines the physical lines as they stand in the file, for messages
 * @param comments the comment lines right above it, without their {@code #}; directives are none
 * @param usedFlags see {@link Instruction#usedFlags()}
 */
public record Source(
    SourceRange range,
    String original,
    List<String> lines,
    List<String> comments,
    List<String> usedFlags) {

  public Source {
    lines = List.copyOf(lines);
    comments = List.copyOf(comments);
    usedFlags = List.copyOf(usedFlags);
  }

  Source withUsedFlags(List<String> flags) {
    return new Source(range, original, lines, comments, flags);
  }

  /**
   * What the comments say of a stage or an argument: the rest of the first line that begins with
   * its name.
   */
  Optional<String> describes(String name) {
    return comments.stream()
        .filter(comment -> comment.startsWith(name + " "))
        .map(comment -> comment.substring(name.length()).strip())
        .findFirst();
  }

  /** The same text, narrowed down to one character of one of its lines: for an error there. */
  Source at(int line, int column) {
    return new Source(
        new SourceRange(range.file(), line, line, OptionalInt.of(column)),
        original,
        List.of(lines.get(line - range.startLine())),
        comments,
        usedFlags);
  }
}
