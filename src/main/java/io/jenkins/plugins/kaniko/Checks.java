package io.jenkins.plugins.kaniko;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What is wrong with the parameters of a build, as a sentence, or nothing. Values with a variable
 * ({@code $NAME}) are not judged: what they will be is known only in the build.
 */
final class Checks {
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
              + "|\\[[A-Fa-f0-9:]+])(?::[0-9]{1,5})?(?:/[a-z0-9._/-]*)?");
  private static final Pattern REPOSITORY =
      Pattern.compile(
          "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
  private static final Pattern KEY = Pattern.compile("[^\\s=]+");
  private static final Pattern TTL =
      Pattern.compile("(?:[0-9]+(?:\\.[0-9]+)?(?:ns|us|µs|ms|s|m|h))+");
  private static final Pattern SIZE = Pattern.compile("(?i)[0-9]{1,15}[kmgt]?i?b?");
  private static final Pattern SECRET_ID = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern PLATFORM = Pattern.compile("[a-z0-9]+/[a-z0-9_]+(?:/[a-z0-9]+)?");
  private static final String DOCKER_HUB = "docker.io";

  private Checks() {}

  /** Names to push to: {@code registry/repository[:tag]}. */
  static Optional<String> destinations(Collection<String> names) {
    return first(names, Checks::destination);
  }

  static Optional<String> destination(String name) {
    if (hasVariable(name)) {
      return Optional.empty();
    }
    if (name.contains("://")) {
      return Optional.of(Messages.Checks_scheme(name));
    }
    if (name.contains("@")) {
      return Optional.of(Messages.Checks_digest(name));
    }
    int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
    String path = colon < 0 ? name : name.substring(0, colon);
    if (colon >= 0 && !TAG.matcher(name.substring(colon + 1)).matches()) {
      return Optional.of(Messages.Checks_tag(name));
    }
    String registry = registryOf(name);
    String repository =
        path.startsWith(registry + "/") ? path.substring(registry.length() + 1) : path;
    if (!registryOnly(registry) || !REPOSITORY.matcher(repository).matches()) {
      return Optional.of(
          repository.equals(repository.toLowerCase(Locale.ROOT))
              ? Messages.Checks_reference(name)
              : Messages.Checks_upperCase(name));
    }
    return Optional.empty();
  }

  /** The registry of an image name, {@code docker.io} where it names none. */
  static String registryOf(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean host =
        first.contains(".")
            || first.contains(":")
            || first.equals("localhost")
            || !first.equals(first.toLowerCase(Locale.ROOT));
    return host ? first : DOCKER_HUB;
  }

  static Optional<String> registry(String name) {
    return !Values.isSet(name) || hasVariable(name) || REGISTRY.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(Messages.Checks_registry(name));
  }

  /** Lines {@code KEY=VALUE}, or {@code KEY} alone where the value comes from elsewhere. */
  static Optional<String> pairs(Collection<String> lines, boolean valueNeeded) {
    return first(
        lines,
        line -> {
          int equals = line.indexOf('=');
          String key = equals < 0 ? line : line.substring(0, equals);
          boolean wrong = !KEY.matcher(key).matches() || (valueNeeded && equals < 0);
          return wrong ? Optional.of(Messages.Checks_pair(line)) : Optional.empty();
        });
  }

  /** A Dockerfile is named by a path below the workspace or the context. */
  static Optional<String> dockerfile(String path) {
    if (!Values.isSet(path) || hasVariable(path)) {
      return Optional.empty();
    }
    return path.contains("://") || path.endsWith("/")
        ? Optional.of(Messages.Checks_dockerfile(path))
        : Optional.empty();
  }

  static Optional<String> platform(String platform) {
    return !Values.isSet(platform) || hasVariable(platform) || PLATFORM.matcher(platform).matches()
        ? Optional.empty()
        : Optional.of(Messages.Checks_platform(platform));
  }

  /** A duration as Go writes it: {@code 336h}, {@code 1h30m}. */
  static Optional<String> ttl(String ttl) {
    return !Values.isSet(ttl) || hasVariable(ttl) || TTL.matcher(ttl).matches()
        ? Optional.empty()
        : Optional.of(Messages.Checks_ttl(ttl));
  }

  /** {@code 20GB}, {@code 500MiB}. */
  static Optional<String> size(String size) {
    return !Values.isSet(size) || SIZE.matcher(size).matches()
        ? Optional.empty()
        : Optional.of(Messages.Checks_size(size));
  }

  static Optional<String> secretId(String id) {
    return Values.isSet(id) && SECRET_ID.matcher(id).matches()
        ? Optional.empty()
        : Optional.of(Messages.Checks_secretId());
  }

  /** A directory on agents; the store never lies in a workspace, so it is named absolutely. */
  static Optional<String> absolutePath(String path) {
    return !Values.isSet(path) || path.startsWith("/")
        ? Optional.empty()
        : Optional.of(Messages.Checks_absolutePath(path));
  }

  static Optional<String> javaOptions(String options) {
    return !Values.isSet(options)
        ? Optional.empty()
        : first(
            List.of(options.split("\\s+")),
            option ->
                option.startsWith("-")
                    ? Optional.empty()
                    : Optional.of(Messages.Checks_javaOption(option)));
  }

  /** One registry, one set of credentials. */
  static Optional<String> credentials(List<RegistryCredential> credentials) {
    for (RegistryCredential credential : credentials) {
      if (credential.getCredentialsId() == null) {
        return Optional.of(Messages.Checks_noCredentials(String.valueOf(credential.getRegistry())));
      }
    }
    return duplicates(credentials);
  }

  /** What no row of a form can know by itself. */
  static Optional<String> duplicates(List<RegistryCredential> credentials) {
    TreeSet<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (RegistryCredential credential : credentials) {
      if (credential.getRegistry() != null && !seen.add(credential.getRegistry())) {
        return Optional.of(Messages.Checks_duplicateRegistry(credential.getRegistry()));
      }
    }
    return Optional.empty();
  }

  private static boolean registryOnly(String registry) {
    return REGISTRY.matcher(registry).matches();
  }

  private static boolean hasVariable(String text) {
    return text.contains("$");
  }

  private interface Check {
    Optional<String> problem(String text);
  }

  private static Optional<String> first(Collection<String> texts, Check check) {
    return texts.stream().map(check::problem).flatMap(Optional::stream).findFirst();
  }
}
