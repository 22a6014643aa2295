package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.regex.Pattern;

/**
 * A here-document of RUN, COPY or ADD.
 *
 * @param name the delimiter without quotes; of COPY and ADD also the name of the file
 * @param expand whether variables in the body are expanded: the delimiter was not quoted
 * @param chomp whether leading tabs are stripped: it was opened with {@code <<-}
 * @param fileDescriptor the number before {@code <<}, 0 without one
 * @param content the body exactly as it stands in the file, with its line ends
 */
public record Heredoc(
    String name, boolean expand, boolean chomp, int fileDescriptor, String content) {

  private static final Pattern LEADING_TABS =
      Pattern.compile("^\t+", Pattern.MULTILINE | Pattern.UNIX_LINES);

  /** The body as it is meant: without leading tabs where {@link #chomp} says so. */
  public String text() {
    return chomp ? LEADING_TABS.matcher(content).replaceAll("") : content;
  }

  /** This document with a final body that is neither stripped nor expanded again. */
  Heredoc resolved(String body) {
    return new Heredoc(name, false, false, fileDescriptor, body);
  }
}
