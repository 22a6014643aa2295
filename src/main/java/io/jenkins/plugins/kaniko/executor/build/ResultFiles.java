package io.jenkins.plugins.kaniko.executor.build;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the image and what there is to say of it are written, besides registries.
 *
 * @param tar an archive as of docker save
 * @param layout the directory of an OCI image layout
 * @param digest the digest of the image: a path or an https address
 * @param names a line REPOSITORY@DIGEST for each destination: a path or an https address
 * @param tags a line REPOSITORY:TAG@DIGEST for each destination: a path or an https address
 * @param metadata all of the result, as JSON
 * @param builderOutput directory for a file of the name images, as Cloud Build reads it
 */
public record ResultFiles(
    Optional<Path> tar,
    Optional<Path> layout,
    Optional<String> digest,
    Optional<String> names,
    Optional<String> tags,
    Optional<Path> metadata,
    Optional<Path> builderOutput) {

  /** Nothing is written. */
  public static final ResultFiles NONE =
      new ResultFiles(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
