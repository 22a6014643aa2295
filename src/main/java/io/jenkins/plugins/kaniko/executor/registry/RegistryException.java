package io.jenkins.plugins.kaniko.executor.registry;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A registry did not do what was asked. The message is one sentence for people and never holds a
 * secret.
 */
public final class RegistryException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What went wrong, for exit codes and tests. */
  public enum Kind {
    /** Nobody listens there, or the host is unknown. */
    UNREACHABLE,
    /** The connection stands, but no answer came. */
    TIMEOUT,
    /** No TLS, an untrusted certificate, or a step down to plain HTTP. */
    TLS,
    /** Credentials are missing or wrong. */
    UNAUTHORIZED,
    /** The credentials are good, but not for this. */
    FORBIDDEN,
    NOT_FOUND,
    WRONG_PLATFORM,
    /** The content is not what its digest or its size promised. */
    DIGEST_MISMATCH,
    /** The registry, or this client, does not accept the content or the request. */
    REJECTED,
    /** The tag exists, and this registry does not let tags change. */
    IMMUTABLE_TAG,
    OTHER
  }

  private final Kind kind;
  private final boolean retryable;
  private final transient Duration retryAfter;

  public RegistryException(Kind kind, String message) {
    this(kind, message, null);
  }

  public RegistryException(Kind kind, String message, Throwable cause) {
    this(kind, message, cause, false, Duration.ZERO);
  }

  private RegistryException(
      Kind kind, String message, Throwable cause, boolean retryable, Duration retryAfter) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }

  public Kind kind() {
    return kind;
  }

  /** The same failure, marked as one that may pass: the whole operation can be tried again. */
  RegistryException passing(Optional<Duration> after) {
    RegistryException copy =
        new RegistryException(kind, getMessage(), getCause(), true, after.orElse(Duration.ZERO));
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  /** The same failure, marked as one that a second try does not mend. */
  RegistryException lasting() {
    return retryable ? new RegistryException(kind, getMessage(), getCause()) : this;
  }

  boolean isRetryable() {
    return retryable;
  }

  /** How long the registry asked us to wait; zero if it did not. */
  Duration retryAfter() {
    return retryAfter == null ? Duration.ZERO : retryAfter;
  }
}
