package io.jenkins.plugins.kaniko;

import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import hudson.AbortException;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.kaniko.agent.ConfigJson;
import io.jenkins.plugins.kaniko.agent.RegistryCredentials;
import io.jenkins.plugins.kaniko.agent.RegistryLogin;
import io.jenkins.plugins.kaniko.agent.RegistryToken;
import io.jenkins.plugins.kaniko.agent.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * The credentials of one build, resolved on the controller with the rights of the run, and recorded
 * as used by it. One that is not there fails the build: nothing is ever tried without it.
 */
final class RunCredentials {
  private static final String HUB = "docker.io";

  /** The agent that {@code RUN --mount=type=ssh} means when it names none. */
  private static final String DEFAULT_AGENT = "default";

  private static final String CERTIFICATE_FLAG = "--registry-client-cert";

  private final Run<?, ?> run;
  private final List<RegistryCredentials> registries = new ArrayList<>();
  private final List<SecretFile> secrets = new ArrayList<>();
  private final List<SecretFile> sshKeys = new ArrayList<>();
  private final boolean kaniko;
  private final List<String> masked = new ArrayList<>();

  private RunCredentials(Run<?, ?> run, boolean kaniko) {
    this.run = run;
    this.kaniko = kaniko;
  }

  /** Resolves all that a build names, from the lowest rank to the highest. */
  static RunCredentials resolve(
      KanikoBuildSpec spec, KanikoGlobalConfiguration defaults, Run<?, ?> run)
      throws IOException, InterruptedException {
    RunCredentials result = new RunCredentials(run, spec.getExecutor() != null);
    for (RegistryCredential credential : defaults.getCredentials()) {
      result.registry(credential.getRegistry(), credential.getCredentialsId());
    }
    if (spec.getCredentialsId() != null) {
      for (String registry : destinationRegistries(spec)) {
        result.registry(registry, spec.getCredentialsId());
      }
    }
    for (RegistryCredential credential : spec.getCredentials()) {
      result.registry(credential.getRegistry(), credential.getCredentialsId());
    }
    for (BuildSecret secret : spec.getSecrets()) {
      result.secret(secret);
    }
    if (spec.getSsh() != null) {
      result.ssh(spec.getSsh());
    }
    return result;
  }

  List<RegistryCredentials> registries() {
    return registries;
  }

  List<SecretFile> secrets() {
    return secrets;
  }

  List<SecretFile> sshKeys() {
    return sshKeys;
  }

  /** Values that must not show in a log, besides the passwords of the registries. */
  List<String> masked() {
    return masked;
  }

  /** For which credentials are looked up: those limited to other hosts are not found. */
  static List<DomainRequirement> requirements(String registry) {
    return Values.trimmed(registry) == null
        ? List.of()
        : URIRequirementBuilder.fromUri("https://" + registry.strip()).build();
  }

  private static List<String> destinationRegistries(KanikoBuildSpec spec) throws AbortException {
    if (spec.getDestinations().isEmpty()) {
      throw new AbortException(Messages.RunCredentials_noDestination());
    }
    return spec.getDestinations().stream().map(Checks::registryOf).distinct().toList();
  }

  private void registry(String registry, String id) throws IOException, InterruptedException {
    String shown = registry == null ? Messages.RunCredentials_allRegistries() : registry;
    if (id == null) {
      throw new AbortException(Messages.Checks_noCredentials(shown));
    }
    StandardCredentials found =
        find(id, registry, Messages.RunCredentials_noneForRegistry(id, shown));
    if (found instanceof StandardUsernamePasswordCredentials login) {
      registries.add(
          new RegistryLogin(
              named(registry, id), login.getUsername(), login.getPassword().getPlainText()));
    } else if (found instanceof StringCredentials text) {
      registries.add(tokenOrConfig(text.getSecret().getPlainText().strip(), registry, id));
    } else if (found instanceof FileCredentials file) {
      registries.add(config(new String(content(file), StandardCharsets.UTF_8), id));
    } else if (found instanceof StandardCertificateCredentials certificate) {
      if (!ExecutorFlags.has(CERTIFICATE_FLAG, kaniko)) {
        throw new AbortException(Messages.RunCredentials_certificate(id, shown, CERTIFICATE_FLAG));
      }
      registries.add(ClientCertificate.of(certificate, named(registry, id), id));
    } else {
      throw new AbortException(Messages.RunCredentials_wrongKind(id, shown));
    }
  }

  private static RegistryCredentials tokenOrConfig(String text, String registry, String id)
      throws AbortException {
    return text.startsWith("{") ? config(text, id) : new RegistryToken(named(registry, id), text);
  }

  private static ConfigJson config(String json, String id) throws AbortException {
    if (!json.strip().startsWith("{")) {
      throw new AbortException(Messages.RunCredentials_notConfigJson(id));
    }
    return new ConfigJson(json);
  }

  private static String named(String registry, String id) throws AbortException {
    if (registry == null) {
      throw new AbortException(Messages.RunCredentials_whichRegistry(id));
    }
    return registry.equals("index.docker.io") ? HUB : registry;
  }

  private void secret(BuildSecret secret) throws IOException, InterruptedException {
    var problem = Checks.secretId(secret.getId());
    if (problem.isPresent()) {
      throw new AbortException(problem.get());
    }
    String id = String.valueOf(secret.getCredentialsId());
    StandardCredentials found =
        find(id, null, Messages.RunCredentials_noneForSecret(id, secret.getId()));
    secrets.add(new SecretFile(secret.getId(), secretContent(found, id)));
  }

  private void ssh(String id) throws AbortException {
    StandardCredentials found = find(id, null, Messages.RunCredentials_noneForSsh(id));
    if (!(found instanceof SSHUserPrivateKey key) || key.getPrivateKeys().isEmpty()) {
      throw new AbortException(Messages.RunCredentials_noSshKey(id));
    }
    Secret passphrase = key.getPassphrase();
    if (passphrase != null && !passphrase.getPlainText().isEmpty()) {
      throw new AbortException(Messages.RunCredentials_passphrase(id));
    }
    for (String text : key.getPrivateKeys()) {
      // OpenSSH takes no other line ends, and not a last line without one.
      String lines = text.lines().collect(Collectors.joining("\n", "", "\n"));
      sshKeys.add(new SecretFile(DEFAULT_AGENT, lines.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private byte[] secretContent(StandardCredentials found, String id)
      throws IOException, InterruptedException {
    if (found instanceof FileCredentials file) {
      return content(file);
    }
    String text;
    if (found instanceof StringCredentials string) {
      text = string.getSecret().getPlainText();
    } else if (found instanceof StandardUsernamePasswordCredentials login) {
      text = login.getPassword().getPlainText();
    } else if (found instanceof SSHUserPrivateKey key && !key.getPrivateKeys().isEmpty()) {
      text = key.getPrivateKeys().get(0);
    } else {
      throw new AbortException(Messages.RunCredentials_wrongSecret(id));
    }
    masked.add(text);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private StandardCredentials find(String id, String registry, String otherwise)
      throws AbortException {
    StandardCredentials found =
        CredentialsProvider.findCredentialById(
            id, StandardCredentials.class, run, requirements(registry));
    if (found == null) {
      throw new AbortException(otherwise);
    }
    CredentialsProvider.track(run, found);
    return CredentialsProvider.snapshot(found);
  }

  private static byte[] content(FileCredentials file) throws IOException {
    try (InputStream in = file.getContent()) {
      return in.readAllBytes();
    }
  }
}
