package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Asks Docker's credential helpers, the programs {@code docker-credential-*}. */
final class CredentialHelper {
  private CredentialHelper() {}

  /** What a helper has for a server; nothing if it says that it has nothing. */
  static Optional<Credentials> ask(String helper, String server, Duration patience)
      throws RegistryException {
    String program = "docker-credential-" + helper;
    if (!helper.matches("[\\w.-]+")) {
      throw failure(server, "config.json names a helper that cannot be a program", null);
    }
    Process process;
    try {
      process =
          new ProcessBuilder(program, "get").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      String problem =
          "the program %s that config.json names is not there; install it, or put the credentials under auths";
      throw failure(server, problem.formatted(program), e);
    }
    return read(process, program, server, patience);
  }

  static Optional<Credentials> read(
      Process process, String program, String server, Duration patience) throws RegistryException {
    try {
      AskedProgram.Answer answer = AskedProgram.ask(process, server, patience);
      if (answer.exitCode() != 0 && answer.output().contains("credentials not found")) {
        return Optional.empty();
      }
      if (answer.exitCode() == 0) {
        return Optional.of(parse(answer.output(), program, server));
      }
      // What the program wrote may be half a secret: it is not repeated.
      throw failure(server, program + " gave none; run it by hand to see why", null);
    } catch (TimeoutException e) {
      throw failure(
          server,
          "%s did not answer within %d seconds; run it by hand to see why"
              .formatted(program, Math.max(1, patience.toSeconds())),
          null);
    } catch (ExecutionException e) {
      throw failure(server, program + " failed; run it by hand to see why", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(server, "was interrupted", e);
    }
  }

  private static Credentials parse(String answer, String program, String server)
      throws RegistryException {
    try {
      JsonNode json = new JsonMapper().readTree(answer);
      String user = json.path("Username").asText("");
      if (json.path("Username").isTextual() && json.path("Secret").isTextual()) {
        return Credentials.of(user, json.path("Secret").textValue());
      }
    } catch (IOException e) {
      throw failure(server, program + " wrote something else; run it by hand to see what", null);
    }
    throw failure(server, program + " wrote something else; run it by hand to see what", null);
  }

  private static RegistryException failure(String server, String problem, Throwable cause) {
    return new RegistryException(
        Kind.UNAUTHORIZED,
        "tried to get the credentials for %s, but %s".formatted(server, problem),
        cause);
  }
}
