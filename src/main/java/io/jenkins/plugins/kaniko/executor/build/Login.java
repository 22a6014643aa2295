package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.registry.DockerConfigFile;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.nio.file.Path;

/** Keeps a password for later builds. */
public final class Login {
  private Login() {}

  /**
   * Writes a password into the {@code config.json} of a directory.
   *
   * @return the file
   */
  public static Path remember(Path directory, String registry, String user, String password)
      throws BuildException {
    try {
      return DockerConfigFile.login(directory, registry, user, password);
    } catch (RegistryException e) {
      throw Failures.registry(e);
    }
  }
}
