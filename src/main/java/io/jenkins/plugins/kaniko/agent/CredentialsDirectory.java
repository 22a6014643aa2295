package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The credentials of one build: {@code <kaniko>/.docker/<build id>/config.json}, where {@code
 * <kaniko>} is {@code /kaniko} if it is there and can be written to, and a private directory below
 * the agent's root otherwise. A {@code config.json} that the agent has already is read, and never
 * changed.
 */
final class CredentialsDirectory implements AutoCloseable {
  private static final String CONFIG = "config.json";

  private final Path kaniko;
  private final PrivateDirectory directory;
  private final Set<String> secrets = new LinkedHashSet<>();
  private final List<String> flags = new ArrayList<>();

  private CredentialsDirectory(Path kaniko, PrivateDirectory directory) {
    this.kaniko = kaniko;
    this.directory = directory;
  }

  /**
   * Sweeps what dead builds left, and makes the one of this build.
   *
   * @param shared {@code /kaniko}, if it can be had
   * @param own the private directory in its place
   * @param dockerConfig the agent user's own docker directory
   */
  static CredentialsDirectory create(AgentRequest request, Path shared, Path own, Path dockerConfig)
      throws IOException {
    MergedConfig merged = new MergedConfig();
    read(merged, dockerConfig.resolve(CONFIG));
    read(merged, shared.resolve(".docker").resolve(CONFIG));
    for (RegistryCredentials credentials : request.credentials()) {
      if (credentials instanceof RegistryLogin login) {
        merged.add(login);
      } else if (credentials instanceof RegistryToken token) {
        merged.add(token);
      } else if (credentials instanceof ConfigJson config) {
        merged.add(config.json(), "the config.json among the credentials");
      }
    }
    CredentialsDirectory made = make(request.buildId(), shared, own);
    try {
      made.fill(request, merged);
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** For {@code DOCKER_CONFIG}. */
  Path path() {
    return directory.path();
  }

  /** The directory that no build may see. */
  Path kaniko() {
    return kaniko;
  }

  /** What must not show in the log. */
  Set<String> secrets() {
    return secrets;
  }

  /** The flags that name the files of secrets, keys and certificates. */
  List<String> flags() {
    return flags;
  }

  /** Writes another file that is as private as the credentials. */
  Path write(String name, String content) throws IOException {
    return directory.write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    directory.close();
  }

  private void fill(AgentRequest request, MergedConfig merged) throws IOException {
    write(CONFIG, merged.json(request.isKaniko()));
    secrets.addAll(merged.secrets());
    int number = 0;
    for (SecretFile file : request.secretFiles()) {
      Path written = write("secret-" + ++number, file);
      flags.add("--secret=id=" + file.id() + ",src=" + written);
    }
    Map<String, String> keys = new LinkedHashMap<>();
    for (SecretFile key : request.sshKeys()) {
      String written = write("key-" + ++number, key).toString();
      keys.merge(key.id(), written, (some, one) -> some + "," + one);
    }
    keys.forEach((id, files) -> flags.add("--ssh=" + id + "=" + files));
    Map<String, String> certificates = new LinkedHashMap<>();
    for (RegistryCredentials credentials : request.credentials()) {
      if (credentials instanceof RegistryCertificate certificate) {
        Path chain = write("certificate-" + ++number, certificate.chain());
        Path key = write("key-" + number, certificate.key());
        secrets.add(certificate.key());
        certificates.put(certificate.registry(), chain + "," + key);
      }
    }
    certificates.forEach(
        (registry, files) -> flags.add("--registry-client-cert=" + registry + "=" + files));
  }

  private Path write(String name, SecretFile file) throws IOException {
    secrets.add(new String(file.content(), StandardCharsets.UTF_8));
    return directory.write(name, file.content());
  }

  private static CredentialsDirectory make(String buildId, Path shared, Path own)
      throws IOException {
    if (isUsable(shared)) {
      try {
        return make(buildId, shared);
      } catch (IOException e) {
        // A mounted secret takes no other files; the private directory does.
      }
    }
    try {
      AgentHome.makePrivate(own);
      return make(buildId, own);
    } catch (IOException e) {
      throw Failures.failure(
          "make a directory for the credentials in " + own,
          e,
          "give the agent a root directory that its user can write to");
    }
  }

  private static CredentialsDirectory make(String buildId, Path kaniko) throws IOException {
    Path parent = kaniko.resolve(".docker");
    AgentHome.makePrivate(parent);
    requireSafe(parent);
    PrivateDirectory.sweep(parent);
    return new CredentialsDirectory(kaniko, PrivateDirectory.create(parent, buildId));
  }

  private static boolean isUsable(Path shared) {
    return Files.isDirectory(shared, LinkOption.NOFOLLOW_LINKS) && Files.isWritable(shared);
  }

  /** Where others may write they could put a config.json of their own in place of ours. */
  private static void requireSafe(Path parent) throws IOException {
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(parent, LinkOption.NOFOLLOW_LINKS);
    boolean sticky =
        ((int) Files.getAttribute(parent, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 01000) != 0;
    if (!sticky
        && (permissions.contains(PosixFilePermission.OTHERS_WRITE)
            || permissions.contains(PosixFilePermission.GROUP_WRITE))) {
      throw new IOException("others may write to " + parent);
    }
  }

  private static void read(MergedConfig merged, Path file) throws AbortException {
    try {
      merged.add(Files.readString(file), file.toString());
    } catch (AbortException e) {
      throw e;
    } catch (NoSuchFileException | NotDirectoryException e) {
      return;
    } catch (java.nio.charset.CharacterCodingException e) {
      // No cause: it may quote the file.
      throw Failures.failure(
          "read the credentials in " + file, "it is not UTF-8", "correct or remove it");
    } catch (IOException e) {
      throw Failures.failure("read the credentials in " + file, e, "check its permissions");
    }
  }
}
