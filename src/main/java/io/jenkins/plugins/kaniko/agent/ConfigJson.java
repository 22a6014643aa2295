package io.jenkins.plugins.kaniko.agent;

import java.util.Objects;

/** The content of a whole Docker {@code config.json}. */
public record ConfigJson(String json) implements RegistryCredentials {
  public ConfigJson {
    Objects.requireNonNull(json, "json");
  }

  @Override
  public String toString() {
    return "ConfigJson[...]";
  }
}
