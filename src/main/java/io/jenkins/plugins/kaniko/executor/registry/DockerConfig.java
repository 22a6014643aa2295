package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.cloud.tools.jib.registry.RegistryAliasGroup;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The credentials of Docker's {@code config.json}.
 *
 * <p>Order: a helper that {@code credHelpers} names for the registry, then the entry of {@code
 * auths} with the longest matching path, then the helper of {@code credsStore}. An entry {@code
 * host/a} serves {@code host/a} and {@code host/a/b}, not {@code host/ab}. The file's content never
 * enters a message.
 */
final class DockerConfig {
  private static final String DOCKER_HUB = "docker.io";
  private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

  private static final Duration HELPER_PATIENCE = Duration.ofSeconds(30);

  private final String place;
  private final JsonNode json;

  /** Helpers are processes, and a build asks for the same registry many times. */
  private final Map<String, Optional<Credentials>> fromHelpers = new ConcurrentHashMap<>();

  private DockerConfig(String place, JsonNode json) {
    this.place = place;
    this.json = json;
  }

  static DockerConfig load(Path directory) throws RegistryException {
    Path file = directory.resolve("config.json");
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return new DockerConfig(file.toString(), new JsonMapper().createObjectNode());
    } catch (CharacterCodingException e) {
      throw malformed(file.toString(), "it is not text in UTF-8");
    } catch (IOException e) {
      throw new RegistryException(
          Kind.OTHER,
          "tried to read %s, but it cannot be read (%s); check its permissions"
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  /**
   * Reads the content of such a file.
   *
   * @param place where it is from, for error messages
   */
  static DockerConfig parse(String place, String content) throws RegistryException {
    try {
      JsonNode json = new JsonMapper().readTree(content);
      if (!json.isObject()
          || !(json.path("auths").isMissingNode() || json.path("auths").isObject())) {
        throw malformed(place, "it is not a JSON object with an object of auths");
      }
      return new DockerConfig(place, json);
    } catch (JsonProcessingException e) {
      // No cause: the parser's message quotes the file.
      throw malformed(
          place,
          "line %d is not valid JSON"
              .formatted(e.getLocation() == null ? 1 : e.getLocation().getLineNr()));
    }
  }

  /** The credentials for a repository; nothing if it is to be asked anonymously. */
  Optional<Credentials> find(String registry, String repository) throws RegistryException {
    Optional<Credentials> helped = Optional.empty();
    for (String name : RegistryAliasGroup.getAliasesGroup(registry)) {
      JsonNode helper = json.path("credHelpers").path(name);
      if (helped.isEmpty() && helper.isTextual()) {
        helped = ask(helper.textValue(), registry);
      }
    }
    if (helped.isPresent()) {
      return helped;
    }
    Optional<Credentials> entry = fromAuths(canonical(registry) + "/" + repository);
    JsonNode store = json.path("credsStore");
    return entry.isEmpty() && store.isTextual() && !store.textValue().isEmpty()
        ? ask(store.textValue(), registry)
        : entry;
  }

  private Optional<Credentials> fromAuths(String target) throws RegistryException {
    String best = "";
    Optional<Credentials> found = Optional.empty();
    for (Map.Entry<String, JsonNode> auth : json.path("auths").properties()) {
      String prefix = prefix(auth.getKey());
      boolean matches = target.equals(prefix) || target.startsWith(prefix + "/");
      if (matches && prefix.length() > best.length()) {
        Optional<Credentials> credentials = credentials(auth.getKey(), auth.getValue());
        if (credentials.isPresent()) {
          best = prefix;
          found = credentials;
        }
      }
    }
    return found;
  }

  private Optional<Credentials> credentials(String key, JsonNode entry) throws RegistryException {
    String identityToken = entry.path("identitytoken").asText("");
    String registryToken = entry.path("registrytoken").asText("");
    if (!registryToken.isEmpty()) {
      return Optional.of(new Credentials.RegistryToken(registryToken));
    }
    if (!identityToken.isEmpty()) {
      return Optional.of(new Credentials.IdentityToken(identityToken));
    }
    String auth = entry.path("auth").asText("").strip();
    if (!auth.isEmpty()) {
      return Optional.of(decode(key, auth));
    }
    String user = entry.path("username").asText("");
    return user.isEmpty()
        ? Optional.empty()
        : Optional.of(Credentials.of(user, entry.path("password").asText("")));
  }

  private Credentials decode(String key, String auth) throws RegistryException {
    String problem = "the auth of '%s' is not the Base64 form of user:password".formatted(key);
    try {
      String decoded = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      if (colon > 0) {
        // Docker pads what it encodes with NUL bytes.
        return Credentials.of(
            decoded.substring(0, colon), decoded.substring(colon + 1).replaceAll("\0+$", ""));
      }
    } catch (IllegalArgumentException e) {
      throw malformed(place, problem); // the cause is left out since it quotes the secret
    }
    throw malformed(place, problem);
  }

  private Optional<Credentials> ask(String helper, String registry) throws RegistryException {
    String key = helper + " " + registry;
    Optional<Credentials> known = fromHelpers.get(key);
    if (known == null) {
      known =
          CredentialHelper.ask(
              helper, registry.equals(DOCKER_HUB) ? DOCKER_HUB_KEY : registry, HELPER_PATIENCE);
      fromHelpers.put(key, known);
    }
    return known;
  }

  /**
   * A key of {@code auths} without what Docker's history has put around it: scheme, API version,
   * slashes.
   */
  private static String prefix(String key) {
    String bare = key.replaceFirst("^https?://", "").replaceFirst("/+$", "");
    int slash = bare.indexOf('/');
    String host = slash < 0 ? bare : bare.substring(0, slash);
    String path = slash < 0 ? "" : bare.substring(slash);
    return canonical(host) + (path.equals("/v1") || path.equals("/v2") ? "" : path);
  }

  /** One name for the many of Docker Hub; hosts in small letters. */
  static String canonical(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return RegistryAliasGroup.getAliasesGroup(DOCKER_HUB).contains(lower) ? DOCKER_HUB : lower;
  }

  private static RegistryException malformed(String place, String problem) {
    return new RegistryException(
        Kind.OTHER,
        "tried to read the credentials in %s, but %s; correct or remove it"
            .formatted(place, problem));
  }
}
