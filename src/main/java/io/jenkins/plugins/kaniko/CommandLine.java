package io.jenkins.plugins.kaniko;

import hudson.AbortException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The executor's command line for a build: every parameter lands with its flag. One whose flag the
 * executor does not have is an error. The global configuration gives what the build leaves open.
 */
final class CommandLine {
  private final List<String> flags = new ArrayList<>();
  private final boolean kaniko;

  private CommandLine(boolean kaniko) {
    this.kaniko = kaniko;
  }

  static List<String> of(KanikoBuildSpec spec, KanikoGlobalConfiguration defaults)
      throws AbortException {
    requireSound(spec);
    CommandLine line = new CommandLine(spec.getExecutor() != null);
    line.image(spec);
    line.registries(spec, defaults);
    line.cache(spec, defaults);
    line.machine(spec, defaults);
    // Last: a flag that is given in its own words wins.
    line.flags.addAll(spec.getExtraArgs());
    return List.copyOf(line.flags);
  }

  private static void requireSound(KanikoBuildSpec spec) throws AbortException {
    if (spec.getDestinations().isEmpty() && spec.isPush()) {
      throw new AbortException(Messages.CommandLine_nowhere());
    }
    List<Optional<String>> problems =
        List.of(
            Checks.destinations(spec.getDestinations()),
            Checks.pairs(spec.getBuildArgs(), false),
            Checks.pairs(spec.getLabels(), true),
            Checks.pairs(spec.getBuildContexts(), true),
            Checks.ttl(spec.getCacheTtl()),
            Checks.credentials(spec.getCredentials()));
    Optional<String> problem = problems.stream().flatMap(Optional::stream).findFirst();
    if (problem.isPresent()) {
      throw new AbortException(problem.get());
    }
  }

  private void image(KanikoBuildSpec spec) throws AbortException {
    add("context", "--context", spec.getContext() == null ? "." : spec.getContext());
    add("dockerfile", "--dockerfile", spec.getDockerfile());
    add("target", "--target", spec.getTarget());
    addAll("buildArgs", "--build-arg", spec.getBuildArgs());
    addAll("buildContexts", "--build-context", spec.getBuildContexts());
    addAll("labels", "--label", spec.getLabels());
    add("platform", "--custom-platform", spec.getPlatform());
    addAll("destinations", "--destination", spec.getDestinations());
    add("push", "--no-push", !spec.isPush());
    add("tarPath", "--tar-path", spec.getTarPath());
    add("ociLayoutPath", "--oci-layout-path", spec.getOciLayoutPath());
    add("digestFile", "--digest-file", spec.getDigestFile());
    add("compression", "--compression", spec.getCompression());
  }

  private void registries(KanikoBuildSpec spec, KanikoGlobalConfiguration defaults)
      throws AbortException {
    addAll(
        "registryMirrors",
        "--registry-mirror",
        spec.getRegistryMirrors().isEmpty()
            ? defaults.getRegistryMirrors()
            : spec.getRegistryMirrors());
    add("insecure", "--insecure", spec.isInsecure());
    add("skipTlsVerify", "--skip-tls-verify", spec.isSkipTlsVerify());
    require("secrets", "--secret", !spec.getSecrets().isEmpty());
    require("ssh", "--ssh", spec.getSsh() != null);
  }

  private void cache(KanikoBuildSpec spec, KanikoGlobalConfiguration defaults)
      throws AbortException {
    if (!spec.isCache()) {
      return;
    }
    add("cache", "--cache", true);
    add(
        "cache: [repo:]",
        "--cache-repo",
        either(spec.getCacheRepo(), defaults.getCacheRepository()));
    add("cache: [ttl:]", "--cache-ttl", either(spec.getCacheTtl(), defaults.getCacheTtl()));
    add("cache: [copyLayers:]", "--cache-copy-layers", spec.isCacheCopyLayers());
  }

  private void machine(KanikoBuildSpec spec, KanikoGlobalConfiguration defaults)
      throws AbortException {
    // Defaults that only this plugin's executor understands are not for kaniko's.
    add(
        "isolation",
        "--isolation",
        kaniko ? spec.getIsolation() : either(spec.getIsolation(), defaults.getIsolation()));
    add("verbosity", "--verbosity", spec.getVerbosity());
    if (!kaniko) {
      add("storeDirectory", "--store-dir", defaults.getStoreDirectory());
      add("storeSizeLimit", "--store-size-limit", defaults.getStoreSizeLimit());
    }
  }

  private void add(String parameter, String flag, boolean on) throws AbortException {
    require(parameter, flag, on);
    if (on) {
      flags.add(flag);
    }
  }

  private void add(String parameter, String flag, String value) throws AbortException {
    addAll(parameter, flag, value == null ? List.of() : List.of(value));
  }

  private void addAll(String parameter, String flag, List<String> values) throws AbortException {
    require(parameter, flag, !values.isEmpty());
    values.forEach(value -> flags.add(flag + "=" + value));
  }

  private void require(String parameter, String flag, boolean used) throws AbortException {
    if (used && !ExecutorFlags.has(flag, kaniko)) {
      throw new AbortException(
          kaniko
              ? Messages.CommandLine_notInKaniko(parameter, flag)
              : Messages.CommandLine_notYet(parameter, flag));
    }
  }

  private static String either(String value, String otherwise) {
    return value == null ? otherwise : value;
  }
}
