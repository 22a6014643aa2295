package io.jenkins.plugins.kaniko.executor.build;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where files come from besides a context directory.
 *
 * @param contexts by the name under which the Dockerfile uses them: an absolute path of a
 *     directory, {@code docker-image://REFERENCE}, {@code oci-layout://DIR[:TAG][@DIGEST]}, the
 *     address of a git repository, or that of an archive
 * @param remoteContext the build context where it is no directory: the address of a git repository
 *     or of an archive, {@code tar://PATH}, {@code tar://stdin}, {@code s3://BUCKET/KEY} or {@code
 *     gs://BUCKET/NAME}
 * @param baseLayers directory of layers of base images that somebody has fetched before
 */
public record SourceOptions(
    Map<String, String> contexts,
    Optional<String> remoteContext,
    Git git,
    Optional<Path> baseLayers) {

  /** Nothing is given. */
  public static final SourceOptions NONE =
      new SourceOptions(Map.of(), Optional.empty(), Git.STANDARD, Optional.empty());

  /** Copies what it gets. */
  public SourceOptions {
    contexts = Collections.unmodifiableMap(new LinkedHashMap<>(contexts));
  }

  /** Whether a Dockerfile is fetched by HTTP. */
  public static boolean isAddress(String dockerfile) {
    return dockerfile.matches("https?://.*");
  }

  /**
   * How a build context is fetched from git.
   *
   * @param branch where the address names no ref
   * @param skipTls the server's certificate is not verified
   */
  public record Git(Optional<String> branch, boolean submodules, boolean skipTls) {
    /** As kaniko does without {@code --git}. */
    public static final Git STANDARD = new Git(Optional.empty(), false, false);
  }
}
