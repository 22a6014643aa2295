package io.jenkins.plugins.kaniko.executor.cli;

import static io.jenkins.plugins.kaniko.executor.cli.KanikoFlag.acceptedSwitch;
import static io.jenkins.plugins.kaniko.executor.cli.KanikoFlag.acceptedValue;
import static io.jenkins.plugins.kaniko.executor.cli.KanikoFlag.implemented;
import static io.jenkins.plugins.kaniko.executor.cli.KanikoFlag.refused;

import io.jenkins.plugins.kaniko.executor.cli.KanikoFlag.Fate;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Every flag of kaniko's executor, of version 1.24 and of the fork's 1.28. {@code
 * docs/kaniko-migration.md} is made of it.
 */
final class KanikoFlags {
  private static final String OWN_ROOT =
      "a build has a root directory of its own, which goes when the build ends; in place what it made"
          + " goes";
  private static final String ONLY_CHANGES =
      "a layer holds what its step changed, found without a scan of the file system";
  private static final String SAME = "";
  private static final String SNAPSHOT_MODE = "--snapshot-mode";
  private static final List<String> SNAPSHOT_MODES = List.of("full", "redo", "time");

  static final List<KanikoFlag> ALL =
      List.of(
          // the context and the Dockerfile
          implemented("--dockerfile -f", "a path or an http or https address"),
          implemented("--context -c", "every kind of kaniko's, and what docker buildx knows"),
          implemented("--context-sub-path", SAME),
          implemented("--bucket -b", "as in kaniko, a directory given by `--context` goes first"),
          implemented("--git", "one commit is fetched, whatever single-branch and depth say"),
          implemented(
              "--build-arg",
              "a name without a value that the environment does not know is not set, as in docker;"
                  + " kaniko sets it to nothing"),
          implemented(
              "--target",
              "one: of several, kaniko 1.24 builds the last and 1.28 the first, so that two are an"
                  + " error"),
          implemented("--custom-platform --customPlatform", SAME),
          acceptedSwitch(
              "--skip-unused-stages", "the stages that the target needs are built, and no others"),
          implemented("--secret", "for RUN, in memory and never in a layer"),
          // the image
          implemented("--label", SAME),
          implemented(
              "--annotation",
              "of the manifest, which becomes one of OCI: Docker's has no place for them"),
          implemented("--image-format", "`docker` or `oci`; without it that of the base image"),
          implemented("--single-snapshot", "the steps of the target make one layer"),
          implemented("--reproducible", "no time of this build enters the image"),
          implemented("--compression", "zstd makes the image one of OCI"),
          implemented("--compression-level", SAME),
          acceptedSwitch(
              "--force-build-metadata", "every instruction has its entry in the history"),
          // what comes out
          implemented("--destination -d", "of one stage: that of `--target`, or the last"),
          implemented("--no-push", "as in kaniko, `KANIKO_NO_PUSH` counts more"),
          implemented("--tar-path --tarPath", SAME),
          implemented("--oci-layout-path", SAME),
          implemented("--digest-file", "a path, or an https address, to which it is put"),
          implemented("--image-name-with-digest-file", "a path or an https address"),
          implemented("--image-name-tag-with-digest-file", "a path or an https address"),
          implemented("--dryrun", "tells which steps would be built"),
          // the cache
          implemented("--cache", "also without `--cache-repo` where nothing is pushed"),
          implemented("--cache-repo", SAME),
          implemented("--cache-dir", "layers of base images that `executor warmer` put there"),
          implemented("--cache-ttl", SAME),
          implemented("--cache-copy-layers", SAME),
          implemented("--cache-run-layers", SAME),
          implemented("--no-push-cache", SAME),
          acceptedSwitch("--compressed-caching", "no layer is ever held in memory"),
          // snapshots and the file system
          acceptedValue("--snapshot-mode --snapshotMode", ONLY_CHANGES),
          acceptedSwitch("--use-new-run", ONLY_CHANGES),
          implemented("--ignore-path", SAME),
          implemented(
              "--ignore-var-run --whitelist-var-run",
              "off unless given, as in docker: nothing of the machine is mounted there"),
          acceptedSwitch("--cleanup", OWN_ROOT),
          acceptedSwitch("--pre-cleanup", OWN_ROOT),
          acceptedSwitch("--preserve-context", "a build never changes its context"),
          acceptedSwitch("--materialize", OWN_ROOT),
          acceptedSwitch("--force", "a build harms nothing outside of a container, either"),
          implemented("--kaniko-dir", "as in kaniko, it counts more than `KANIKO_DIR`"),
          // registries
          implemented("--insecure", SAME),
          implemented("--insecure-pull", SAME),
          implemented("--insecure-registry", SAME),
          implemented("--skip-tls-verify", SAME),
          implemented("--skip-tls-verify-pull", SAME),
          implemented("--skip-tls-verify-registry", SAME),
          implemented("--registry-certificate", SAME),
          implemented("--registry-client-cert", SAME),
          implemented("--registry-mirror", SAME),
          implemented("--registry-map", SAME),
          implemented("--skip-default-registry-fallback", SAME),
          implemented("--push-retry", "besides the tries that are made anyway"),
          implemented("--image-download-retry", "besides the tries that are made anyway"),
          implemented("--image-fs-extract-retry", "besides the tries that are made anyway"),
          implemented("--push-ignore-immutable-tag-errors", SAME),
          implemented("--skip-push-permission-check", SAME),
          implemented("--credential-helpers", SAME),
          refused(
              "--azure-container-registry-config",
              "use AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID, a workload identity or"
                  + " config.json"),
          // the log
          implemented("--verbosity -v", SAME),
          implemented("--log-format", "colours only on a terminal, unless asked for"),
          implemented("--log-timestamp", SAME),
          implemented("--help -h", SAME));

  /** Every flag of kaniko's warmer. */
  static final List<KanikoFlag> WARMER =
      List.of(
          implemented("--image -i", SAME),
          implemented("--dockerfile -d", "a path or an http or https address"),
          implemented("--build-arg", SAME),
          implemented(
              "--cache-dir -c", "an OCI image layout; what kaniko's warmer wrote is not read"),
          implemented("--force -f", SAME),
          acceptedValue(
              "--cache-ttl", "tags are asked for anew each time, and a digest does not age"),
          implemented("--customPlatform --custom-platform", SAME),
          implemented("--insecure-pull", SAME),
          implemented("--skip-tls-verify-pull", SAME),
          implemented("--insecure-registry", SAME),
          implemented("--skip-tls-verify-registry", SAME),
          implemented("--registry-certificate", SAME),
          implemented("--registry-client-cert", SAME),
          implemented("--registry-map", SAME),
          implemented("--registry-mirror", SAME),
          implemented("--skip-default-registry-fallback", SAME),
          implemented("--verbosity -v", SAME),
          implemented("--log-format", SAME),
          implemented("--log-timestamp", SAME),
          implemented("--help -h", SAME));

  private KanikoFlags() {}

  /** The options that stand for accepted flags. */
  static List<OptionSpec> accepted() {
    return ALL.stream()
        .filter(flag -> flag.fate() == Fate.ACCEPTED)
        .map(KanikoFlag::option)
        .toList();
  }

  /** Why the accepted flags that were given change nothing: one sentence each. */
  static List<String> notes(ParseResult flags) throws UsageException {
    String mode = flags.matchedOptionValue(SNAPSHOT_MODE, "");
    if (!mode.isEmpty() && !SNAPSHOT_MODES.contains(mode)) {
      throw new UsageException(
          "tried to read flag %s, but %s is none of %s"
              .formatted(SNAPSHOT_MODE, Printable.line(mode), String.join(", ", SNAPSHOT_MODES)));
    }
    return ALL.stream()
        .filter(flag -> flag.fate() == Fate.ACCEPTED && flags.hasMatchedOption(flag.name()))
        .map(flag -> flag.name() + " changes nothing: " + flag.reason())
        .toList();
  }

  /** The error for a flag of kaniko's that is refused; empty for any other. */
  static Optional<String> refusal(String name) {
    return ALL.stream()
        .filter(flag -> flag.fate() == Fate.REFUSED && flag.names().contains(name))
        .findFirst()
        .map(flag -> "flag " + name + " is not supported; " + flag.reason());
  }
}
