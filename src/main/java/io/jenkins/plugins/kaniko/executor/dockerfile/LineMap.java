package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Tells where in the file a character of a logical line stands. */
final class LineMap {

  /**
   * One physical line's share of a logical line.
   *
   * @param at where it begins in the logical line
   * @param line its number in the file, from 1
   * @param column the column of its first character, from 1
   */
  private record Piece(int at, int line, int column) {}

  private final List<Piece> pieces = new ArrayList<>();

  void add(int at, int line, int column) {
    pieces.add(new Piece(at, line, column));
  }

  /** The same source, narrowed down to the line and column of a character of the logical line. */
  Source narrow(Source source, int at) {
    Piece piece = pieces.get(0);
    for (Piece next : pieces) {
      if (next.at() <= at) {
        piece = next;
      }
    }
    return source.at(piece.line(), piece.column() + at - piece.at());
  }
}
