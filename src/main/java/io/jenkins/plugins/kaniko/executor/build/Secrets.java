package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.RunOptions.Secret;
import io.jenkins.plugins.kaniko.executor.build.RunOptions.Secret.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads secrets, when they are needed and no earlier. */
final class Secrets {
  /** As in BuildKit; whoever gives more has taken the wrong file. */
  private static final long MAX_BYTES = 500 * 1024;

  private final Map<String, Secret> known;
  private final Map<String, String> environment;

  Secrets(Map<String, Secret> known, Map<String, String> environment) {
    this.known = known;
    this.environment = environment;
  }

  /**
   * A secret.
   *
   * @return empty if the caller has given none of that id
   * @throws IOException if it cannot be read; the message is a sentence without its content
   */
  Optional<byte[]> read(String id) throws IOException {
    Secret secret = known.get(id);
    if (secret == null) {
      return Optional.empty();
    }
    if (secret.kind() == Kind.ENVIRONMENT) {
      String value = environment.get(secret.name());
      if (value == null) {
        throw new IOException(
            "tried to read secret "
                + id
                + ", but the environment has no variable "
                + secret.name()
                + "; set it, or give src=FILE");
      }
      return Optional.of(value.getBytes(StandardCharsets.UTF_8));
    }
    Path file = Path.of(secret.name());
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException(
          "tried to read secret "
              + id
              + ", but there is no readable file "
              + file
              + "; see --secret");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(
          "tried to read secret "
              + id
              + ", but "
              + file
              + " is larger than 500 KiB; give a smaller file");
    }
    return Optional.of(Files.readAllBytes(file));
  }
}
