package io.jenkins.plugins.kaniko.agent;

import java.nio.file.Path;
import java.util.Map;

/**
 * The agent's machine, as far as a build asks about it.
 *
 * @param kaniko the directory for credentials of every kaniko: {@code $KANIKO_DIR} or {@code
 *     /kaniko}, whether it is there or not
 */
record Surroundings(String operatingSystem, Map<String, String> environment, Path kaniko) {
  static Surroundings real() {
    Map<String, String> environment = System.getenv();
    String kaniko = environment.getOrDefault("KANIKO_DIR", "");
    return new Surroundings(
        System.getProperty("os.name"),
        environment,
        Path.of(kaniko.startsWith("/") ? kaniko : "/kaniko"));
  }

  /** Where the agent user's own docker config is. */
  Path dockerConfig() {
    String given = environment.getOrDefault("DOCKER_CONFIG", "");
    if (!given.isEmpty()) {
      return Path.of(given);
    }
    return Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".docker");
  }
}
