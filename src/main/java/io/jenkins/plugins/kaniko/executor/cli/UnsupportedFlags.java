package io.jenkins.plugins.kaniko.executor.cli;

import java.util.Map;
import java.util.Optional;

/** Flags of kaniko that mean something and are not implemented: an error each, never skipped. */
final class UnsupportedFlags {
  private static final String OWN_ROOT =
      "leave it out: a build has a root directory of its own and removes it";
  private static final String ONLY_CHANGES =
      "leave it out: layers hold exactly what a step changed, without a scan";
  private static final String NONE = "";

  private static final Map<String, String> ADVICE =
      Map.ofEntries(
          Map.entry("--annotation", NONE),
          Map.entry("--azure-container-registry-config", NONE),
          Map.entry("--bucket", "give a directory with --context"),
          Map.entry("-b", "give a directory with --context"),
          Map.entry("--cache-dir", "base layers are kept in --store-dir"),
          Map.entry("--cleanup", OWN_ROOT),
          Map.entry("--compressed-caching", "leave it out: layers are never held in memory"),
          Map.entry("--dryrun", NONE),
          Map.entry("--force-build-metadata", NONE),
          Map.entry("--ignore-var-run", "use --ignore-path /var/run"),
          Map.entry("--image-format", NONE),
          Map.entry("--materialize", NONE),
          Map.entry("--pre-cleanup", OWN_ROOT),
          Map.entry("--preserve-context", "leave it out: a build never changes its context"),
          Map.entry("--single-snapshot", NONE),
          Map.entry("--skip-unused-stages", "leave it out: only what the target needs is built"),
          Map.entry("--snapshot-mode", ONLY_CHANGES),
          Map.entry("--snapshotMode", ONLY_CHANGES),
          Map.entry("--use-new-run", ONLY_CHANGES),
          Map.entry("--whitelist-var-run", "use --ignore-path /var/run"));

  private UnsupportedFlags() {}

  /** The error for a flag that kaniko has, or empty if it has no such flag. */
  static Optional<String> explain(String flag) {
    return Optional.ofNullable(ADVICE.get(flag))
        .map(
            advice ->
                "flag " + flag + " is not supported yet" + (advice.isEmpty() ? "" : "; " + advice));
  }
}
