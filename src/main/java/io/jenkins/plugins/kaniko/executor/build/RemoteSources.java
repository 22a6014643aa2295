package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.registry.Proxies;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.registry.StorageObject;
import io.jenkins.plugins.kaniko.executor.source.GitAddress;
import io.jenkins.plugins.kaniko.executor.source.GitRepositories;
import io.jenkins.plugins.kaniko.executor.source.GitSettings;
import io.jenkins.plugins.kaniko.executor.source.SourceException;
import io.jenkins.plugins.kaniko.executor.source.TarArchives;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Fetches repositories and archives into directories of the build, which vanish with it. The
 * credentials are BuildKit's: the secrets {@code GIT_AUTH_HEADER} and {@code GIT_AUTH_TOKEN}, with
 * {@code .HOST} behind them for one host, and {@code --ssh default}.
 */
final class RemoteSources {
  static final String TAR = "tar://";

  private final BuildRequest request;
  private final Path directory;
  private final Map<String, String> environment;

  /**
   * @param directory of the build
   */
  RemoteSources(BuildRequest request, Path directory) {
    this(request, directory, System.getenv());
  }

  RemoteSources(BuildRequest request, Path directory, Map<String, String> environment) {
    this.request = request;
    this.directory = directory;
    this.environment = environment;
  }

  /** A repository for ADD or a named context. */
  GitRepositories.Checkout repository(GitAddress address, boolean keepGitDir)
      throws SourceException, IOException, InterruptedException {
    GitSettings settings =
        new GitSettings(
            host -> authorization(address, host),
            Optional.ofNullable(request.runOptions().ssh().get("default")),
            false,
            this::proxy,
            environment);
    return new GitRepositories(settings, scratch("objects"))
        .checkOut(address, address.submodules().orElse(true), keepGitDir, scratch("git"));
  }

  /** A repository as build context, with kaniko's options and variables. */
  GitRepositories.Checkout contextRepository(String text)
      throws SourceException, IOException, InterruptedException {
    SourceOptions.Git options = request.sourceOptions().git();
    String method = environment.getOrDefault("GIT_PULL_METHOD", "https");
    GitAddress parsed = GitAddress.parseContext(text, method.equals("http") ? "http" : "https");
    GitAddress address =
        options.branch().isPresent() ? parsed.withDefaultRef(options.branch().get()) : parsed;
    GitSettings settings =
        new GitSettings(
            host -> login(address, host),
            Optional.of(ownSsh()),
            options.skipTls(),
            this::proxy,
            environment);
    boolean keepGitDir =
        address
            .keepGitDir()
            .orElse(
                List.of("1", "true")
                    .contains(request.buildArgs().getOrDefault(PredefinedArgs.KEEP_GIT_DIR, "")));
    return new GitRepositories(settings, scratch("objects"))
        .checkOut(
            address,
            address.submodules().orElse(options.submodules()),
            keepGitDir,
            scratch("context"));
  }

  /** An archive behind an http or https address, unpacked. */
  Path archive(String address)
      throws SourceException, UnusableException, IOException, InterruptedException {
    Path file = scratch("archive").resolve("archive");
    RemoteFile.download(request, address, file);
    Path target = scratch("context");
    try (InputStream in = Files.newInputStream(file)) {
      TarArchives.unpack(RemoteFile.shown(address), in, target);
    }
    Files.delete(file);
    return target;
  }

  /** An archive in a cloud's storage, unpacked. */
  Path storageObject(String address) throws SourceException, RegistryException, IOException {
    Path file = scratch("archive").resolve("archive");
    new StorageObject(address, RegistrySetup.of(request, warning -> {})).get(file);
    Path target = scratch("context");
    try (InputStream in = Files.newInputStream(file)) {
      TarArchives.unpack(RemoteFile.shown(address), in, target);
    }
    Files.delete(file);
    return target;
  }

  /** The archive of {@code tar://PATH} or {@code tar://stdin}, unpacked. */
  Path localArchive(String text) throws SourceException, IOException {
    Path target = scratch("context");
    String path = text.substring(TAR.length());
    if (path.equals("stdin")) {
      TarArchives.unpack("standard input", new BufferedInputStream(System.in), target);
      return target;
    }
    if (!Files.isRegularFile(Path.of(path))) {
      throw new SourceException(
          "tried to unpack the context " + path + ", but there is no such file; name a tar");
    }
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      TarArchives.unpack(path, in, target);
    }
    return target;
  }

  /**
   * What a host is shown. A secret without a host in its name is for the host of the address, and
   * not for those that a redirect or a submodule names.
   */
  Optional<String> authorization(GitAddress address, String host) throws IOException {
    List<String> suffixes = new ArrayList<>(List.of("." + host));
    suffixes.add("." + host.replaceFirst(":[0-9]+$", ""));
    if (host.equals(address.authority())) {
      suffixes.add("");
    }
    for (String suffix : suffixes) {
      Optional<String> header = secret("GIT_AUTH_HEADER" + suffix);
      Optional<String> token = secret("GIT_AUTH_TOKEN" + suffix);
      if (header.isPresent()) {
        return token.flatMap(known -> scheme(header.get(), known)).or(() -> header);
      }
      if (token.isPresent()) {
        return Optional.of(basic("x-access-token", token.get()));
      }
    }
    return Optional.empty();
  }

  /** A header that is the name of a scheme says how the token is to be shown. */
  private static Optional<String> scheme(String name, String token) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "basic" ->
          Optional.of(
              "Basic "
                  + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
      case "bearer" -> Optional.of("Bearer " + token);
      default -> Optional.empty();
    };
  }

  /** The variables that kaniko knows are for the host of the context alone. */
  private Optional<String> login(GitAddress address, String host) throws IOException {
    String token = environment.getOrDefault("GIT_TOKEN", "");
    String user = environment.getOrDefault("GIT_USERNAME", "");
    String password = environment.getOrDefault("GIT_PASSWORD", "");
    boolean own = host.equals(address.authority());
    if (own && !token.isEmpty()) {
      return Optional.of(basic(token, ""));
    }
    if (own && !(user + password).isEmpty()) {
      return Optional.of(basic(user, password));
    }
    return authorization(address, host);
  }

  private Optional<GitSettings.Proxy> proxy(URI target) throws IOException {
    try {
      return Proxies.of(environment)
          .route(target)
          .map(route -> new GitSettings.Proxy(route.address(), route.login()));
    } catch (RegistryException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Optional<String> secret(String id) throws IOException {
    Secrets secrets = new Secrets(request.runOptions().secrets(), environment);
    return secrets.read(id).map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
  }

  private static String basic(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  /** Whoever starts a build from a repository of his own logs in as he does elsewhere. */
  private List<Path> ownSsh() {
    List<Path> given = request.runOptions().ssh().get("default");
    if (given != null) {
      return given;
    }
    List<Path> own = new ArrayList<>();
    String agent = environment.getOrDefault("SSH_AUTH_SOCK", "");
    if (!agent.isEmpty()) {
      own.add(Path.of(agent));
    }
    Path home = Path.of(environment.getOrDefault("HOME", "/nonexistent"), ".ssh");
    for (String name : List.of("id_ed25519", "id_ecdsa", "id_rsa")) {
      own.add(home.resolve(name));
    }
    return own.stream().filter(Files::exists).toList();
  }

  private Path scratch(String purpose) throws IOException {
    Path parent = Files.createDirectories(directory.resolve("tmp"));
    return Files.createTempDirectory(parent, purpose.toLowerCase(Locale.ROOT) + "-");
  }
}
