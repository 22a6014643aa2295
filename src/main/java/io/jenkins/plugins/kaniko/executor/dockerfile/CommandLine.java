package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * What RUN, CMD, ENTRYPOINT or HEALTHCHECK executes. It is never expanded by the builder.
 *
 * @param shellForm whether the shell of the stage runs it
 * @param arguments in shell form exactly one string for the shell, else the argument vector
 * @param heredocs the here-documents that the line opens, in order; only of RUN
 */
public record CommandLine(boolean shellForm, List<String> arguments, List<Heredoc> heredocs) {

  public CommandLine {
    arguments = List.copyOf(arguments);
    heredocs = List.copyOf(heredocs);
  }

  /**
   * The here-document that is the whole command ({@code RUN <<EOF}): its {@link Heredoc#text()
   * text} is the script. When the script begins with {@code #!} it is a file to be executed,
   * otherwise it is given to the shell.
   */
  public Optional<Heredoc> script() {
    if (!shellForm || heredocs.size() != 1) {
      return Optional.empty();
    }
    String line = arguments.get(0);
    List<HeredocToken> tokens = HeredocToken.scan(line);
    boolean alone =
        tokens.size() == 1 && tokens.get(0).start() == 0 && tokens.get(0).end() == line.length();
    return alone ? Optional.of(heredocs.get(0)) : Optional.empty();
  }

  /** The shell form with the bodies of its here-documents after it, as a shell reads them. */
  public String withHeredocs() {
    StringBuilder text = new StringBuilder(String.join(" ", arguments));
    for (Heredoc heredoc : heredocs) {
      text.append('\n').append(heredoc.content()).append(heredoc.name());
    }
    return text.toString();
  }
}
