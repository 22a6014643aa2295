package io.jenkins.plugins.kaniko.executor.registry;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.registry.credentials.CredentialHelperNotFoundException;
import com.google.cloud.tools.jib.registry.credentials.CredentialHelperUnhandledServerUrlException;
import com.google.cloud.tools.jib.registry.credentials.DockerCredentialHelper;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Asks Docker's credential helpers, the programs {@code docker-credential-*}. */
final class CredentialHelper {
  private CredentialHelper() {}

  /** What a helper has for a server; nothing if it says that it has nothing. */
  static Optional<Credentials> ask(String helper, String server) throws RegistryException {
    String program = "docker-credential-" + helper;
    try {
      Credential credential = new DockerCredentialHelper(server, Path.of(program)).retrieve();
      return Optional.of(Credentials.of(credential.getUsername(), credential.getPassword()));
    } catch (CredentialHelperUnhandledServerUrlException e) {
      if (String.valueOf(e.getMessage()).contains("credentials not found in native keychain")) {
        return Optional.empty();
      }
      // No cause: its message is what the program wrote, which may be half a secret.
      throw failure(server, program + " gave none; run it by hand to see why", null);
    } catch (CredentialHelperNotFoundException e) {
      String problem =
          "the program %s that config.json names is not there; install it, or put the credentials under auths";
      throw failure(server, problem.formatted(program), e);
    } catch (IOException e) {
      throw failure(server, program + " failed; run it by hand to see why", e);
    }
  }

  private static RegistryException failure(String server, String problem, Throwable cause) {
    return new RegistryException(
        Kind.UNAUTHORIZED,
        "tried to get the credentials for %s, but %s".formatted(server, problem),
        cause);
  }
}
