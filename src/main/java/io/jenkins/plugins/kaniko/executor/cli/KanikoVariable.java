package io.jenkins.plugins.kaniko.executor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One environment variable that kaniko reads.
 *
 * @param name or the beginning of several names, with a star
 * @param read whether it is read here, too
 * @param remark what it does, or why it has nothing to do
 */
record KanikoVariable(String name, boolean read, String remark) {
  private static final String OWN_ROOT = "a build has a root directory of its own, or cleans up";
  static final String NO_PUSH = "KANIKO_NO_PUSH";

  static final List<KanikoVariable> ALL =
      List.of(
          new KanikoVariable("KANIKO_DIR", true, "as `--kaniko-dir`, unless the flag is given"),
          new KanikoVariable(NO_PUSH, true, "as `--no-push`, whatever the flag says"),
          new KanikoVariable("KANIKO_REGISTRY_MIRROR", true, "as `--registry-mirror`, after it"),
          new KanikoVariable("KANIKO_REGISTRY_MAP", true, "as `--registry-map`, after it"),
          new KanikoVariable("DOCKER_CONFIG", true, "directory of `config.json`"),
          new KanikoVariable("DOCKER_AUTH_CONFIG", true, "content of a `config.json`"),
          new KanikoVariable(
              "BUILDER_OUTPUT",
              true,
              "directory for the file `images`, which names what was pushed, with digests"),
          new KanikoVariable("GIT_TOKEN", true, "for the host of a git context"),
          new KanikoVariable("GIT_USERNAME", true, "for the host of a git context"),
          new KanikoVariable("GIT_PASSWORD", true, "for the host of a git context"),
          new KanikoVariable(
              "GIT_PULL_METHOD", true, "what `git://` stands for: `https` or `http`"),
          new KanikoVariable("AWS_*", true, "credentials and region, for ECR and `s3://`"),
          new KanikoVariable("S3_ENDPOINT", true, "where `s3://` is, if not at AWS"),
          new KanikoVariable("S3_FORCE_PATH_STYLE", true, "the bucket in the path of addresses"),
          new KanikoVariable(
              "GOOGLE_APPLICATION_CREDENTIALS", true, "for Google's registries and `gs://`"),
          new KanikoVariable(
              "AZURE_STORAGE_ACCESS_KEY", true, "for contexts in blob storage of Azure"),
          new KanikoVariable(
              "AZURE_*", true, "credentials for registries and blob storage of Azure"),
          new KanikoVariable("CI_REGISTRY*", true, "credentials of a GitLab job"),
          new KanikoVariable("HTTP_PROXY", true, "with `HTTPS_PROXY` and `NO_PROXY`"),
          new KanikoVariable("SSL_CERT_DIR", true, "with `SSL_CERT_FILE`"),
          new KanikoVariable("KANIKO_CLEANUP", false, OWN_ROOT),
          new KanikoVariable("KANIKO_PRE_CLEANUP", false, OWN_ROOT),
          new KanikoVariable("KANIKO_PRESERVE_CONTEXT", false, "a build never changes its context"),
          new KanikoVariable(
              "BENCHMARK_FILE", false, "times are in `--metadata-file` and the events of the log"),
          new KanikoVariable(
              "SNAPSHOT_TIMEOUT_DURATION", false, "no scan is made that could take that long"),
          new KanikoVariable("UPSTREAM_CLIENT_TYPE", false, "registries are told no client type"),
          new KanikoVariable("KANIKO_TELEMETRY_ENDPOINT", false, "nothing is reported anywhere"),
          new KanikoVariable(
              "FF_KANIKO_*", false, "what these correct is right here without being asked for"));

  /** Why the variables that are set change nothing: one sentence each. */
  static List<String> notes(Map<String, String> environment) {
    List<String> notes = new ArrayList<>();
    for (KanikoVariable variable : ALL) {
      if (!variable.read) {
        environment.keySet().stream()
            .filter(variable::covers)
            .filter(name -> !environment.get(name).isEmpty())
            .sorted()
            .map(name -> "the variable " + name + " changes nothing: " + variable.remark)
            .forEach(notes::add);
      }
    }
    return notes;
  }

  private boolean covers(String other) {
    return name.endsWith("*")
        ? other.startsWith(name.substring(0, name.length() - 1))
        : other.equals(name);
  }
}
