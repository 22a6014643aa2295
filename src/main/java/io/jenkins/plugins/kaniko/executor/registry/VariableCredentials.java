package io.jenkins.plugins.kaniko.executor.registry;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Passwords that CI systems put into variables. */
final class VariableCredentials {
  private final Map<String, String> environment;

  VariableCredentials(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * {@code DOCKER_host_name_USR} and {@code DOCKER_host_name_PSW}, also for the domains above the
   * host, and {@code GITHUB_TOKEN} for ghcr.io.
   */
  Optional<Credentials> ofHost(String registry) {
    String host = registry.replaceFirst(":\\d+$", "");
    for (String rest = host; !rest.isEmpty(); rest = above(rest)) {
      String name = "DOCKER_" + rest.replaceAll("[^A-Za-z0-9]", "_");
      Optional<Credentials> found = pair(name + "_USR", name + "_PSW");
      if (found.isPresent()) {
        return found;
      }
    }
    return host.toLowerCase(Locale.ROOT).equals("ghcr.io") && isSet("GITHUB_TOKEN")
        ? Optional.of(new Credentials.Password("x-access-token", get("GITHUB_TOKEN")))
        : Optional.empty();
  }

  /** What GitLab gives to a job for its own registry and for its dependency proxy. */
  Optional<Credentials> ofGitLab(String registry) {
    if (isSet("CI_REGISTRY") && registry.equalsIgnoreCase(host(get("CI_REGISTRY")))) {
      Optional<Credentials> given = pair("CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD");
      return given.isPresent() || !isSet("CI_JOB_TOKEN")
          ? given
          : Optional.of(new Credentials.Password("gitlab-ci-token", get("CI_JOB_TOKEN")));
    }
    return isSet("CI_DEPENDENCY_PROXY_SERVER")
            && registry.equalsIgnoreCase(
                host(get("CI_DEPENDENCY_PROXY_SERVER")).replaceFirst(":443$", ""))
        ? pair("CI_DEPENDENCY_PROXY_USER", "CI_DEPENDENCY_PROXY_PASSWORD")
        : Optional.empty();
  }

  private Optional<Credentials> pair(String user, String password) {
    return isSet(user) && isSet(password)
        ? Optional.of(new Credentials.Password(get(user), get(password)))
        : Optional.empty();
  }

  private static String above(String host) {
    int dot = host.indexOf('.');
    return dot < 0 ? "" : host.substring(dot + 1);
  }

  private static String host(String place) {
    return place.replaceFirst("^https?://", "").replaceFirst("/.*", "");
  }

  private boolean isSet(String name) {
    return !get(name).isEmpty();
  }

  private String get(String name) {
    return environment.getOrDefault(name, "");
  }
}
