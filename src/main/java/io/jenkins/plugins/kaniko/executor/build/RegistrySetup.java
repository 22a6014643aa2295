package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.RegistrySettings.Retries;
import io.jenkins.plugins.kaniko.executor.registry.RegistryOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;

/** Turns what a build was asked for into the options of the registry client. */
final class RegistrySetup {
  private RegistrySetup() {}

  /** The options of a build, which tells its events what went wrong and could be helped. */
  static RegistryOptions of(BuildRequest request, EventSink events, Clock clock) {
    return of(
        request,
        sentence ->
            events.emit(new BuildEvent.Message(clock.instant(), BuildEvent.Level.WARN, sentence)));
  }

  static RegistryOptions of(BuildRequest request, Consumer<String> warnings) {
    RegistryOptions.Builder options =
        RegistryOptions.builder()
            .insecure(request.insecure().push())
            .insecurePull(request.insecure().pull())
            .skipTlsVerify(request.skipTlsVerify().push())
            .skipTlsVerifyPull(request.skipTlsVerify().pull())
            .onWarning(warnings);
    request.insecure().registries().forEach(options::insecureRegistry);
    request.skipTlsVerify().registries().forEach(options::skipTlsVerifyRegistry);
    settings(options, request.registrySettings());
    certificates(options, request.kanikoDir(), System.getenv());
    Path mounted = request.kanikoDir().resolve(".docker");
    if (System.getenv("DOCKER_CONFIG") == null && Files.exists(mounted.resolve("config.json"))) {
      options.dockerConfig(mounted);
    }
    return options.build();
  }

  private static void settings(RegistryOptions.Builder options, RegistrySettings settings) {
    settings.sources().mappings().forEach(m -> options.map(m.original(), m.replacement()));
    options.fallback(settings.sources().fallback());
    settings.certificates().authorities().forEach(options::certificate);
    settings
        .certificates()
        .clients()
        .forEach((host, pair) -> options.clientCertificate(host, pair.certificate(), pair.key()));
    settings.credentialHelpers().ifPresent(options::credentialHelpers);
    Retries retries = settings.retries();
    options.moreRetries(
        new RegistryOptions.MoreRetries(retries.push(), retries.download(), retries.extract()));
  }

  /** Where kaniko's image, and programs written in Go, have their authorities. */
  private static void certificates(
      RegistryOptions.Builder options, Path kanikoDir, Map<String, String> environment) {
    options.certificates(kanikoDir.resolve("ssl").resolve("certs"));
    String paths =
        environment.getOrDefault("SSL_CERT_FILE", "")
            + File.pathSeparator
            + environment.getOrDefault("SSL_CERT_DIR", "");
    for (String path : paths.split(File.pathSeparator, -1)) {
      if (!path.isBlank()) {
        options.certificates(Path.of(path));
      }
    }
  }
}
