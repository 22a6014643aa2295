package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;

/**
 * {@code ADD}: as COPY, and also from URLs, git repositories and archives.
 *
 * @param source its text
 * @param transfer what goes where
 * @param checksum the digest or commit that the source must have
 * @param keepGitDir whether the {@code .git} directory of a repository is kept; empty: the default
 * @param unpack whether archives are unpacked; empty: local ones are, remote ones not
 */
public record AddInstruction(
    Source source,
    Transfer transfer,
    Optional<String> checksum,
    Optional<Boolean> keepGitDir,
    Optional<Boolean> unpack)
    implements TransferInstruction {

  @Override
  public String keyword() {
    return "ADD";
  }
}
