package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Everything that may know credentials, in order: {@code DOCKER_AUTH_CONFIG}, {@code config.json}
 * with its helpers, the variables of CI systems, and the cloud that a registry belongs to. The
 * built-in sources behind config.json go by the names of {@code --credential-helpers}.
 */
final class Keychain {
  /** Shorter than any token lives. */
  private static final Duration FRESH = Duration.ofMinutes(4);

  private final Optional<DockerConfig> variable;
  private final DockerConfig file;
  private final VariableCredentials variables;
  private final Set<String> enabled;
  private final Map<String, CloudProvider> clouds;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private Keychain(
      Optional<DockerConfig> variable,
      DockerConfig file,
      VariableCredentials variables,
      Set<String> enabled,
      Map<String, CloudProvider> clouds) {
    this.variable = variable;
    this.file = file;
    this.variables = variables;
    this.enabled = enabled;
    this.clouds = clouds;
  }

  static Keychain open(RegistryOptions options) throws RegistryException {
    Map<String, String> environment = options.environment();
    CloudClient client = new CloudClient(options);
    Map<String, CloudProvider> clouds = new LinkedHashMap<>();
    clouds.put("google", new GoogleCredentials(environment, client));
    clouds.put("ecr", new EcrCredentials(environment, client, Clock.systemUTC()));
    clouds.put("acr", new AzureCredentials(environment, client, name -> "https://" + name));
    String given = environment.getOrDefault("DOCKER_AUTH_CONFIG", "");
    return new Keychain(
        given.isBlank()
            ? Optional.empty()
            : Optional.of(DockerConfig.parse("DOCKER_AUTH_CONFIG", given)),
        DockerConfig.load(options.dockerConfig()),
        new VariableCredentials(environment),
        Set.copyOf(options.credentialHelpers()),
        clouds);
  }

  /** The credentials for a repository; nothing if it is to be asked anonymously. */
  Optional<Credentials> find(String registry, String repository) throws RegistryException {
    if (variable.isPresent()) {
      Optional<Credentials> found = variable.get().find(registry, repository);
      if (found.isPresent()) {
        return found;
      }
    }
    Optional<Credentials> found = file.find(registry, repository);
    if (found.isEmpty() && enabled.contains("env")) {
      found = variables.ofHost(registry);
    }
    if (found.isEmpty() && enabled.contains("gitlab")) {
      found = variables.ofGitLab(registry);
    }
    return found.isPresent() ? found : ofCloud(registry.toLowerCase(Locale.ROOT)).credentials();
  }

  /** Why a cloud gave no credentials for a registry that is its own, for those who needed them. */
  Optional<String> problem(String registry) {
    return Optional.ofNullable(known.get(registry.toLowerCase(Locale.ROOT)))
        .flatMap(Known::problem);
  }

  private Known ofCloud(String registry) {
    List<CloudProvider> serving =
        clouds.entrySet().stream()
            .filter(cloud -> enabled.contains(cloud.getKey()))
            .map(Map.Entry::getValue)
            .filter(cloud -> cloud.serves(registry))
            .toList();
    return serving.isEmpty()
        ? Known.NOTHING
        : known.compute(
            registry,
            (name, before) ->
                before != null && before.isFresh() ? before : ask(serving.get(0), name));
  }

  private static Known ask(CloudProvider cloud, String registry) {
    try {
      return new Known(
          cloud.credentials(registry), Optional.empty(), System.nanoTime() + FRESH.toNanos());
    } catch (IOException | RuntimeException e) {
      // What is public can still be had; who needs more is told by problem().
      String reason = e instanceof IOException ? e.getMessage() : e.getClass().getSimpleName();
      return new Known(Optional.empty(), Optional.of(reason), System.nanoTime() + FRESH.toNanos());
    }
  }

  /** An answer of a cloud; that it does not know us stays so. */
  private record Known(
      Optional<Credentials> credentials, Optional<String> problem, long freshUntil) {
    static final Known NOTHING = new Known(Optional.empty(), Optional.empty(), 0);

    boolean isFresh() {
      return credentials.isEmpty() || freshUntil - System.nanoTime() > 0;
    }
  }
}
