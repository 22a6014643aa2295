package io.jenkins.plugins.kaniko.executor.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How registries are talked to. Without options: verified TLS, and the credentials of {@code
 * $DOCKER_CONFIG}, or else of {@code ~/.docker}. Loopback hosts have no special rights: a registry
 * without TLS must be named.
 */
public final class RegistryOptions {
  private final boolean insecure;
  private final boolean insecurePull;
  private final Set<String> insecureRegistries;
  private final boolean skipTlsVerify;
  private final boolean skipTlsVerifyPull;
  private final Set<String> skipTlsVerifyRegistries;
  private final Path dockerConfig;
  private final Duration connectTimeout;
  private final Duration idleTimeout;
  private final String userAgent;
  private final int retries;
  private final Duration retryDelay;
  private final Map<String, String> environment;
  private final List<String> credentialHelpers;
  private final Proxies proxies;
  private final Remapping remapping;
  private final TlsContexts tls;
  private final MoreRetries moreRetries;
  private final Consumer<String> warnings;

  private RegistryOptions(Builder builder) {
    insecure = builder.insecure;
    insecurePull = builder.insecurePull;
    insecureRegistries = Set.copyOf(builder.insecureRegistries);
    skipTlsVerify = builder.skipTlsVerify;
    skipTlsVerifyPull = builder.skipTlsVerifyPull;
    skipTlsVerifyRegistries = Set.copyOf(builder.skipTlsVerifyRegistries);
    dockerConfig = builder.dockerConfig;
    connectTimeout = builder.connectTimeout;
    idleTimeout = builder.idleTimeout;
    userAgent = builder.userAgent;
    retries = builder.retries;
    retryDelay = builder.retryDelay;
    environment = builder.environment;
    credentialHelpers = List.copyOf(builder.credentialHelpers);
    proxies = Proxies.of(environment);
    remapping = new Remapping(builder.rules, builder.fallback);
    tls = new TlsContexts(builder.authorities, builder.clientCertificates, builder.certificates);
    moreRetries = builder.moreRetries;
    warnings = builder.warnings;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The policy for a host (with its port, as people write it) in one direction. */
  HostPolicy policy(String host, Access access) {
    if (insecureRegistries.contains(lower(host))
        || (access == Access.PUSH ? insecure : insecurePull)) {
      return HostPolicy.HTTP;
    }
    return verifiesTls(host, access) ? HostPolicy.HTTPS : HostPolicy.HTTPS_UNVERIFIED;
  }

  /** Whether the certificate of a host counts, for TLS connections that a registry sends us to. */
  boolean verifiesTls(String host, Access access) {
    return !(skipTlsVerifyRegistries.contains(lower(host))
        || (access == Access.PUSH ? skipTlsVerify : skipTlsVerifyPull));
  }

  Path dockerConfig() {
    return dockerConfig;
  }

  Duration connectTimeout() {
    return connectTimeout;
  }

  Duration idleTimeout() {
    return idleTimeout;
  }

  String userAgent() {
    return userAgent;
  }

  int retries() {
    return retries;
  }

  Duration retryDelay() {
    return retryDelay;
  }

  Map<String, String> environment() {
    return environment;
  }

  List<String> credentialHelpers() {
    return credentialHelpers;
  }

  Proxies proxies() {
    return proxies;
  }

  Remapping remapping() {
    return remapping;
  }

  TlsContexts tls() {
    return tls;
  }

  MoreRetries moreRetries() {
    return moreRetries;
  }

  void warn(String sentence) {
    warnings.accept(sentence);
  }

  /**
   * How often operations are tried again beyond what is done anyway, and whatever went wrong.
   *
   * @param push of layers and manifests
   * @param resolve of manifests and configs
   * @param fetch of layers
   */
  public record MoreRetries(int push, int resolve, int fetch) {
    static final MoreRetries NONE = new MoreRetries(0, 0, 0);
  }

  private static String lower(String host) {
    return host.toLowerCase(Locale.ROOT);
  }

  /** Collects options; the names are those of the command line. */
  public static final class Builder {
    private boolean insecure;
    private boolean insecurePull;
    private final Set<String> insecureRegistries = new HashSet<>();
    private boolean skipTlsVerify;
    private boolean skipTlsVerifyPull;
    private final Set<String> skipTlsVerifyRegistries = new HashSet<>();
    private Path dockerConfig =
        Optional.ofNullable(System.getenv("DOCKER_CONFIG"))
            .filter(directory -> !directory.isEmpty())
            .map(Path::of)
            .orElseGet(() -> home().resolve(".docker"));
    private Duration connectTimeout = Duration.ofSeconds(8);
    private Duration idleTimeout = Duration.ofSeconds(60);
    private String userAgent = "kaniko-build";
    private int retries = 3;
    private Duration retryDelay = Duration.ofMillis(500);
    private Map<String, String> environment = System.getenv();
    private List<String> credentialHelpers = List.of("env", "google", "ecr", "acr", "gitlab");
    private final List<Remapping.Rule> rules = new ArrayList<>();
    private boolean fallback = true;
    private final Map<String, Path> authorities = new HashMap<>();
    private final Map<String, TlsContexts.ClientCertificate> clientCertificates = new HashMap<>();
    private final List<Path> certificates = new ArrayList<>();
    private MoreRetries moreRetries = MoreRetries.NONE;
    private Consumer<String> warnings = sentence -> {};

    /** As the user has it: user.home would be that of root inside a user namespace. */
    private static Path home() {
      return Path.of(
          Optional.ofNullable(System.getenv("HOME"))
              .orElseGet(() -> System.getProperty("user.home")));
    }

    private Builder() {}

    /** Pushes over plain HTTP, to whatever registry. */
    public Builder insecure(boolean on) {
      insecure = on;
      return this;
    }

    /** Pulls over plain HTTP, from whatever registry. */
    public Builder insecurePull(boolean on) {
      insecurePull = on;
      return this;
    }

    /** Talks plain HTTP to this one registry, in both directions. */
    public Builder insecureRegistry(String host) {
      insecureRegistries.add(lower(host));
      return this;
    }

    /** Does not check certificates when it pushes. */
    public Builder skipTlsVerify(boolean on) {
      skipTlsVerify = on;
      return this;
    }

    /** Does not check certificates when it pulls. */
    public Builder skipTlsVerifyPull(boolean on) {
      skipTlsVerifyPull = on;
      return this;
    }

    /** Does not check the certificate of this one registry, in both directions. */
    public Builder skipTlsVerifyRegistry(String host) {
      skipTlsVerifyRegistries.add(lower(host));
      return this;
    }

    /** The directory that has {@code config.json}; the file may be missing. */
    public Builder dockerConfig(Path directory) {
      dockerConfig = directory;
      return this;
    }

    /** How long the first contact may take until a connection stands. */
    public Builder connectTimeout(Duration limit) {
      connectTimeout = limit;
      return this;
    }

    /** How long a registry may be silent within a transfer. */
    public Builder idleTimeout(Duration limit) {
      idleTimeout = limit;
      return this;
    }

    public Builder userAgent(String name) {
      userAgent = name;
      return this;
    }

    /** How often an operation is tried again after a failure that may pass. */
    public Builder retries(int count) {
      retries = count;
      return this;
    }

    /**
     * The pause before the first retry; it doubles each time. A registry's Retry-After goes before.
     */
    public Builder retryDelay(Duration first) {
      retryDelay = first;
      return this;
    }

    /** The sources of credentials that are used besides config.json; all, if this is not called. */
    public Builder credentialHelpers(List<String> names) {
      credentialHelpers = names;
      return this;
    }

    /** Where proxies and credentials are named, in place of the environment of this process. */
    public Builder environment(Map<String, String> variables) {
      environment = Map.copyOf(variables);
      return this;
    }

    /**
     * Pulls from the target what a name with the source at its beginning stands for; both are a
     * registry, or one with the first components of repositories.
     */
    public Builder map(String source, String target) {
      rules.add(new Remapping.Rule(source, target));
      return this;
    }

    /** Whether what no mapped registry has is looked for in the registry of its name. */
    public Builder fallback(boolean on) {
      fallback = on;
      return this;
    }

    /** Trusts the certificates in a PEM file when talking to this registry. */
    public Builder certificate(String host, Path file) {
      authorities.put(lower(host), file);
      return this;
    }

    /** Shows this registry a certificate. */
    public Builder clientCertificate(String host, Path certificate, Path key) {
      clientCertificates.put(lower(host), new TlsContexts.ClientCertificate(certificate, key));
      return this;
    }

    /** Trusts the certificates in a PEM file, or in those of a directory; it may be missing. */
    public Builder certificates(Path place) {
      certificates.add(place);
      return this;
    }

    public Builder moreRetries(MoreRetries counts) {
      moreRetries = counts;
      return this;
    }

    /** Who is told of what went wrong and could be helped. */
    public Builder onWarning(Consumer<String> listener) {
      warnings = listener;
      return this;
    }

    public RegistryOptions build() {
      return new RegistryOptions(this);
    }
  }
}
