package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * What COPY or ADD brings where.
 *
 * @param sources paths, URLs and patterns, without the here-documents; together with them never
 *     none
 * @param heredocs here-documents among the sources: files named after their delimiter
 * @param destination where the sources go
 * @param chown the value of {@code --chown}: {@code user}, {@code user:group}, {@code user:}
 * @param chmod the value of {@code --chmod}
 * @param link whether {@code --link} is on
 * @param exclude the patterns of the {@code --exclude} flags
 */
public record Transfer(
    List<String> sources,
    List<Heredoc> heredocs,
    String destination,
    Optional<String> chown,
    Optional<String> chmod,
    boolean link,
    List<String> exclude) {

  public Transfer {
    sources = List.copyOf(sources);
    heredocs = List.copyOf(heredocs);
    exclude = List.copyOf(exclude);
  }
}
