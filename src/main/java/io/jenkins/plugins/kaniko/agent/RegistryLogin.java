package io.jenkins.plugins.kaniko.agent;

import java.util.Objects;

/**
 * A user name and password.
 *
 * @param registry {@code host[:port]}, with a path when it is for one repository alone
 */
public record RegistryLogin(String registry, String username, String password)
    implements RegistryCredentials {
  public RegistryLogin {
    Objects.requireNonNull(registry, "registry");
    Objects.requireNonNull(username, "username");
    Objects.requireNonNull(password, "password");
  }

  @Override
  public String toString() {
    return "RegistryLogin[registry=" + registry + ", username=" + username + "]";
  }
}
