package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** Writes Docker's {@code config.json}, which nobody but its owner can read then. */
public final class DockerConfigFile {
  private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

  private DockerConfigFile() {}

  /**
   * Adds or replaces the password for a registry; what else the file has stays.
   *
   * @param registry host and port, or also the first components of repositories
   * @return the file
   */
  public static Path login(Path directory, String registry, String user, String password)
      throws RegistryException {
    Path file = directory.resolve("config.json");
    String bare = registry.replaceFirst("^https?://", "").replaceFirst("/+$", "");
    String key = DockerConfig.canonical(bare).equals("docker.io") ? DOCKER_HUB_KEY : bare;
    String pair = user + ":" + password;
    try {
      ObjectNode json = read(file);
      ObjectNode entry = new JsonMapper().createObjectNode();
      entry.put("auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
      json.withObject("/auths").set(key, entry);
      write(file, json.toPrettyString() + "\n");
      return file;
    } catch (IOException e) {
      throw new RegistryException(
          Kind.OTHER,
          "tried to write %s, but that failed (%s); check its permissions, or set DOCKER_CONFIG"
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  private static ObjectNode read(Path file) throws RegistryException, IOException {
    try {
      String content = Files.readString(file);
      DockerConfig.parse(file.toString(), content); // refuses what is none, in a sentence
      JsonNode json = new JsonMapper().readTree(content);
      return (ObjectNode) json;
    } catch (NoSuchFileException e) {
      return new JsonMapper().createObjectNode();
    }
  }

  /** The whole file or nothing, and never through a link. */
  private static void write(Path file, String content) throws IOException {
    Path directory = file.getParent();
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path fresh =
        Files.createTempFile(
            directory,
            ".config",
            ".json",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(fresh, content);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
