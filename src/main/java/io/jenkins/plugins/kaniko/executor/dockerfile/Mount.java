package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One {@code RUN --mount}. Before expansion, values may contain variables, and an option whose
 * value must be one of a few or a number has its default while it contains one; {@link
 * InstructionExpander} settles them.
 *
 * @param type what kind of mount it is
 * @param from the stage, image or named context of a bind or cache mount; never expanded
 * @param source path in {@code from}, or the id of a secret in its older spelling
 * @param target where it appears; required for bind, cache and tmpfs
 * @param id of a cache, secret or ssh mount
 * @param env the environment variable that takes the secret
 * @param readOnly whether it cannot be written: the default of bind, secret and ssh
 * @param required whether the step fails when the secret or agent is missing
 * @param sharing how concurrent builds share a cache
 * @param size limit of a tmpfs in bytes
 * @param mode file mode of a cache, secret or ssh mount
 * @param uid its owner
 * @param gid its group
 * @param text the value of the flag as it is written
 */
public record Mount(
    Type type,
    Optional<String> from,
    Optional<String> source,
    Optional<String> target,
    Optional<String> id,
    Optional<String> env,
    boolean readOnly,
    boolean required,
    Sharing sharing,
    OptionalLong size,
    OptionalInt mode,
    OptionalInt uid,
    OptionalInt gid,
    String text) {

  /** The kinds of mounts. */
  public enum Type {
    BIND,
    CACHE,
    TMPFS,
    SECRET,
    SSH
  }

  /** How builds that run at the same time share a cache mount. */
  public enum Sharing {
    SHARED,
    PRIVATE,
    LOCKED
  }
}
