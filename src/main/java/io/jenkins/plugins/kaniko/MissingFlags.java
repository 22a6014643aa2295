package io.jenkins.plugins.kaniko;

import java.util.Set;

/**
 * Flags that the parameters of a build stand for and that an executor does not have. A parameter
 * with such a flag is an error, never ignored. When the executor learns a flag, its line goes.
 */
final class MissingFlags {
  /** Not in this plugin's own executor yet. */
  static final Set<String> IN_EXECUTOR =
      Set.of(
          "--cache",
          "--cache-repo",
          "--cache-ttl",
          "--cache-copy-layers",
          "--secret",
          "--ssh",
          "--build-context",
          "--registry-mirror",
          "--registry-client-cert",
          "--compression",
          "--store-size-limit");

  /** Not in kaniko's executor, which {@code executor} names. */
  static final Set<String> IN_KANIKO =
      Set.of("--ssh", "--build-context", "--isolation", "--store-dir", "--store-size-limit");

  private MissingFlags() {}
}
