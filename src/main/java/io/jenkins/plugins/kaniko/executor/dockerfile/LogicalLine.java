package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * One instruction's text: its physical lines joined, and the here-documents that follow it.
 *
 * @param source the place and text
 * @param heredocs the here-documents, in the order in which the line opens them
 * @param emptyContinuation whether a blank line stands between its continuation lines
 * @param map where its characters stand in the file
 */
record LogicalLine(Source source, List<Heredoc> heredocs, boolean emptyContinuation, LineMap map) {

  String text() {
    return source.original();
  }
}
