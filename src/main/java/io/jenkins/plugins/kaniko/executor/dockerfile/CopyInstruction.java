package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;

/**
 * {@code COPY}: brings files from the context, a stage or an image.
 *
 * @param source its text
 * @param transfer what goes where
 * @param from a stage by name or index, an image, or a named context; empty: the context
 * @param parents whether {@code --parents} keeps the parent directories of the sources
 */
public record CopyInstruction(
    Source source, Transfer transfer, Optional<String> from, boolean parents)
    implements TransferInstruction {

  @Override
  public String keyword() {
    return "COPY";
  }
}
