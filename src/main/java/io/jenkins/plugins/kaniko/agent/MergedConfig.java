package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A Docker {@code config.json} of several layers. What a later layer says of a registry replaces
 * all that earlier ones say of it and of the repositories below it, however they spell its name.
 */
final class MergedConfig {
  private static final String AUTHS = "auths";
  private static final String HELPERS = "credHelpers";
  private static final Set<String> DOCKER_HUB =
      Set.of("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com");

  private final Map<String, Object> config = new LinkedHashMap<>();
  private final Map<String, Object> auths = new LinkedHashMap<>();
  private final Map<String, Object> helpers = new LinkedHashMap<>();

  /** What must not show: passwords and tokens. */
  private final Set<String> secrets = new TreeSet<>();

  /** Adds a whole file. */
  void add(String json, String source) throws AbortException {
    Map<String, Object> layer;
    try {
      layer = new LinkedHashMap<>(Json.parseObject(json));
    } catch (Json.MalformedException e) {
      throw Failures.failure(
          "read the credentials in " + source,
          "it is not valid JSON: " + e.getMessage(),
          "correct or remove it");
    }
    Map<String, Object> newAuths = section(layer, AUTHS, source);
    Map<String, Object> newHelpers = section(layer, HELPERS, source);
    newAuths.keySet().forEach(this::forget);
    newHelpers.keySet().forEach(this::forget);
    newAuths.values().forEach(this::learnSecrets);
    auths.putAll(newAuths);
    helpers.putAll(newHelpers);
    config.putAll(layer);
  }

  void add(RegistryLogin login) {
    String pair = login.username() + ":" + login.password();
    String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    put(login.registry(), Map.of("auth", auth));
    secrets.add(login.password());
  }

  void add(RegistryToken token) {
    put(token.registry(), Map.of("registrytoken", token.token()));
  }

  /**
   * The file's content.
   *
   * @param forKaniko with helpers switched off for the registries that have an entry: kaniko, like
   *     Docker, asks {@code credsStore} first
   */
  String json(boolean forKaniko) {
    Map<String, Object> whole = new LinkedHashMap<>(config);
    Map<String, Object> allHelpers = new LinkedHashMap<>(helpers);
    if (forKaniko && !Json.string(config.get("credsStore")).isEmpty()) {
      auths.keySet().forEach(registry -> allHelpers.putIfAbsent(registry, ""));
    }
    whole.put(AUTHS, auths);
    if (!allHelpers.isEmpty()) {
      whole.put(HELPERS, allHelpers);
    }
    return Json.write(whole) + "\n";
  }

  Set<String> secrets() {
    return secrets;
  }

  private void put(String registry, Map<String, Object> entry) {
    String key =
        DOCKER_HUB.contains(canonical(registry)) ? "https://index.docker.io/v1/" : registry;
    forget(registry);
    auths.put(key, entry);
    learnSecrets(entry);
  }

  private void forget(String registry) {
    String name = canonical(registry);
    for (Map<String, Object> known : List.of(auths, helpers)) {
      known.keySet().removeIf(key -> isWithin(canonical(key), name));
    }
  }

  private static boolean isWithin(String key, String name) {
    return key.equals(name) || key.startsWith(name + "/");
  }

  private void learnSecrets(Object entry) {
    Map<String, Object> fields = Json.object(entry);
    for (String field : List.of("auth", "password", "identitytoken", "registrytoken")) {
      secrets.add(Json.string(fields.get(field)));
    }
    try {
      byte[] pair = Base64.getDecoder().decode(Json.string(fields.get("auth")));
      String text = new String(pair, StandardCharsets.UTF_8);
      secrets.add(text.substring(text.indexOf(':') + 1));
    } catch (IllegalArgumentException e) {
      // Not what Docker writes: it is masked as it stands, and the executor will say so.
      secrets.add(Json.string(fields.get("auth")));
    }
    secrets.remove("");
  }

  private static Map<String, Object> section(Map<String, Object> layer, String name, String source)
      throws AbortException {
    Object section = layer.remove(name);
    if (section != null && !(section instanceof Map)) {
      throw Failures.failure(
          "read the credentials in " + source,
          "its " + name + " is not a JSON object",
          "correct or remove it");
    }
    return new LinkedHashMap<>(Json.object(section));
  }

  /** A key without what Docker's history has put around it: scheme, API version, slashes. */
  private static String canonical(String key) {
    String bare = key.replaceFirst("^https?://", "").replaceFirst("/+$", "");
    List<String> parts = new ArrayList<>(List.of(bare.split("/", 2)));
    String host = parts.get(0).toLowerCase(Locale.ROOT);
    String path = parts.size() < 2 ? "" : parts.get(1);
    host = DOCKER_HUB.contains(host) ? "docker.io" : host;
    return path.isEmpty() || path.equals("v1") || path.equals("v2") ? host : host + "/" + path;
  }
}
