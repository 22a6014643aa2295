package io.jenkins.plugins.kaniko.executor.build;

import java.io.Serial;
import java.util.Optional;

/**
 * A build that failed. The message is one sentence that says what was tried, why it did not work
 * and what to try; it does not repeat the location.
 */
public class BuildException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** Whose fault it is; decides the exit code. */
  public enum Category {
    /** The Dockerfile is wrong or one of its commands failed: exit code 1. */
    DOCKERFILE_OR_COMMAND,
    /** The arguments cannot be used: exit code 2. */
    USAGE,
    /** A registry refused, lied or could not be reached: exit code 3. */
    REGISTRY,
    /** The machine cannot do it: sandbox, disk, permissions; exit code 4. */
    ENVIRONMENT
  }

  private final Category category;
  private final transient SourceLocation location;

  public BuildException(Category category, String message) {
    this(category, message, null, null);
  }

  public BuildException(Category category, String message, Throwable cause) {
    this(category, message, null, cause);
  }

  /**
   * @param location where in the Dockerfile (or another text of the user), or null
   * @param cause what was caught, or null
   */
  public BuildException(
      Category category, String message, SourceLocation location, Throwable cause) {
    super(message, cause);
    this.category = category;
    this.location = location;
  }

  public Category category() {
    return category;
  }

  public Optional<SourceLocation> location() {
    return Optional.ofNullable(location);
  }
}
