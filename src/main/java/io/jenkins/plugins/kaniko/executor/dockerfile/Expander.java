package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * Shell-style expansion as "Environment replacement" in the Dockerfile reference has it: quotes,
 * escapes, {@code $v ${v}} and the modifiers {@code :- - :+ + :? ? # ## % %% / //}, nested at will.
 * Unset variables are empty. Errors have no place: the caller knows it.
 */
public final class Expander {

  private static final char HEREDOC_ESCAPE = '\\';

  private final char escape;

  /**
   * An expander for one Dockerfile.
   *
   * @param escape its {@link Directives#escape() escape character}
   */
  public Expander(char escape) {
    this.escape = escape;
  }

  /** Expands a text to one word, whatever white space it contains. */
  public String expandWord(String word, Variables variables) throws DockerfileException {
    return expand(word, variables).word();
  }

  /** Expands a text and splits it at white space outside quotes; the values are split too. */
  public List<String> expandWords(String text, Variables variables) throws DockerfileException {
    return expand(text, variables).words();
  }

  /** Expands a text and tells which variables it used. */
  public Expansion expand(String text, Variables variables) throws DockerfileException {
    return new ShellLexer(text, variables, escape, true).run();
  }

  /**
   * Expands the body of a here-document of COPY or ADD: quotes are kept, and the escape character
   * is the backslash, whatever the Dockerfile says.
   */
  public String expandHeredoc(String body, Variables variables) throws DockerfileException {
    return new ShellLexer(body, variables, HEREDOC_ESCAPE, false).run().word();
  }
}
