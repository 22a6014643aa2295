package io.jenkins.plugins.kaniko.agent;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One build, as the controller asks for it. Its text form shows neither flags nor values, which may
 * be secret.
 *
 * @param flags the executor's command line; paths are relative to the workspace. The agent itself
 *     adds {@code --log-format}, {@code --metadata-file}, {@code --kaniko-dir}, {@code --secret},
 *     {@code --ssh}, {@code --registry-client-cert} and, unless it is given, {@code --store-dir}
 * @param environment added to the agent's own for the executor: proxies, values of {@code
 *     --build-arg KEY}
 * @param credentials from the lowest rank to the highest: global ones first, those of the step last
 * @param secretFiles given to the executor as {@code --secret}
 * @param sshKeys private keys for the agent {@code default} of {@code --ssh}
 * @param masked further values that must not show in the log
 * @param javaOptions of the executor's JVM, such as {@code -Xmx512m}
 * @param executorSha256 of the executor jar, in hexadecimal digits
 * @param version of the plugin, for the log
 * @param executor path on the agent of a real kaniko executor to run instead, or empty
 * @param buildId names the build on the agent, for example {@code folder-job-12}
 * @param agentRoot the agent's root directory ({@code Node.getRootPath()}), absolute; if it is
 *     empty the agent guesses it from the workspace
 */
public record AgentRequest(
    List<String> flags,
    Map<String, String> environment,
    List<RegistryCredentials> credentials,
    List<SecretFile> secretFiles,
    List<SecretFile> sshKeys,
    List<String> masked,
    List<String> javaOptions,
    String executorSha256,
    String version,
    String executor,
    String buildId,
    String agentRoot)
    implements Serializable {
  public AgentRequest {
    flags = Copies.of(flags);
    environment = Copies.of(environment);
    credentials = Copies.of(credentials);
    secretFiles = Copies.of(secretFiles);
    sshKeys = Copies.of(sshKeys);
    masked = Copies.of(masked);
    javaOptions = Copies.of(javaOptions);
    Objects.requireNonNull(executorSha256, "executorSha256");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(executor, "executor");
    Objects.requireNonNull(buildId, "buildId");
    Objects.requireNonNull(agentRoot, "agentRoot");
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Whether a real kaniko does the build. */
  boolean isKaniko() {
    return !executor.isEmpty();
  }

  /** Whether a flag is among those given, as {@code --name value} or {@code --name=value}. */
  boolean hasFlag(String name) {
    return flags.stream().anyMatch(flag -> flag.equals(name) || flag.startsWith(name + "="));
  }

  /** The value of a flag that is given once or more. */
  Optional<String> lastValue(String name) {
    Optional<String> value = Optional.empty();
    for (int i = 0; i < flags.size(); i++) {
      String flag = flags.get(i);
      if (flag.startsWith(name + "=")) {
        value = Optional.of(flag.substring(name.length() + 1));
      } else if (flag.equals(name) && i + 1 < flags.size()) {
        value = Optional.of(flags.get(i + 1));
      }
    }
    return value;
  }

  @Override
  public String toString() {
    return "AgentRequest[buildId=" + buildId + ", version=" + version + "]";
  }

  /** Collects a request; what is not set is empty. */
  public static final class Builder {
    private List<String> flags = List.of();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private List<RegistryCredentials> credentials = List.of();
    private List<SecretFile> secretFiles = List.of();
    private List<SecretFile> sshKeys = List.of();
    private List<String> masked = List.of();
    private List<String> javaOptions = List.of();
    private String executorSha256 = "";
    private String version = "";
    private String executor = "";
    private String buildId = "build";
    private String agentRoot = "";

    private Builder() {}

    public Builder flags(List<String> value) {
      flags = value;
      return this;
    }

    public Builder environment(Map<String, String> value) {
      environment.putAll(value);
      return this;
    }

    public Builder credentials(List<? extends RegistryCredentials> value) {
      credentials = List.copyOf(value);
      return this;
    }

    public Builder secretFiles(List<SecretFile> value) {
      secretFiles = value;
      return this;
    }

    public Builder sshKeys(List<SecretFile> value) {
      sshKeys = value;
      return this;
    }

    public Builder masked(List<String> value) {
      masked = value;
      return this;
    }

    public Builder javaOptions(List<String> value) {
      javaOptions = value;
      return this;
    }

    public Builder executorSha256(String value) {
      executorSha256 = value;
      return this;
    }

    public Builder version(String value) {
      version = value;
      return this;
    }

    public Builder executor(String value) {
      executor = value;
      return this;
    }

    public Builder buildId(String value) {
      buildId = value;
      return this;
    }

    public Builder agentRoot(String value) {
      agentRoot = value;
      return this;
    }

    public AgentRequest build() {
      return new AgentRequest(
          flags,
          environment,
          credentials,
          secretFiles,
          sshKeys,
          masked,
          javaOptions,
          executorSha256,
          version,
          executor,
          buildId,
          agentRoot);
    }
  }
}
