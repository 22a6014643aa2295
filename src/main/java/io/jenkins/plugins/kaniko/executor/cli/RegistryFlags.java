package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.RegistrySettings;
import io.jenkins.plugins.kaniko.executor.build.RegistrySettings.Certificates;
import io.jenkins.plugins.kaniko.executor.build.RegistrySettings.Client;
import io.jenkins.plugins.kaniko.executor.build.RegistrySettings.Mapping;
import io.jenkins.plugins.kaniko.executor.build.RegistrySettings.Push;
import io.jenkins.plugins.kaniko.executor.build.RegistrySettings.Retries;
import io.jenkins.plugins.kaniko.executor.build.RegistrySettings.Sources;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Reads the flags about registries, and the environment variables beside them. */
final class RegistryFlags {
  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:]+])(:\\d{1,5})?");
  private static final Pattern PLACE =
      Pattern.compile(HOST.pattern() + "(/[a-z0-9]([a-z0-9._/-]*[a-z0-9])?)?/?");
  private static final List<String> HELPERS = List.of("env", "google", "ecr", "acr", "gitlab");
  private static final String HUB = "docker.io";

  private final ParseResult flags;
  private final Map<String, String> environment;

  RegistryFlags(ParseResult flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
  }

  static List<OptionSpec> options() {
    return List.of(
        Flags.many(
            "HOST[/PATH]",
            "Registry to pull images of docker.io from; repeatable",
            "--registry-mirror"),
        Flags.many(
            "OLD=NEW[;...]",
            "Registry, or registry and path, to pull from in place of another; repeatable",
            "--registry-map"),
        Flags.flag(
            "Pull from mirrors and mapped registries alone", "--skip-default-registry-fallback"),
        Flags.many(
            "HOST=FILE", "PEM certificates to trust as HOST; repeatable", "--registry-certificate"),
        Flags.many(
            "HOST=CERT,KEY",
            "PEM client certificate to show to HOST; repeatable",
            "--registry-client-cert"),
        Flags.one("NUMBER", "Further tries when a push fails. Default: 0", "--push-retry"),
        Flags.one(
            "NUMBER",
            "Further tries when the manifest of a base image cannot be had. Default: 0",
            "--image-download-retry"),
        Flags.one(
            "NUMBER",
            "Further tries when a layer of a base image cannot be had. Default: 0",
            "--image-fs-extract-retry"),
        Flags.flag(
            "Accept that a tag exists that the registry does not let change",
            "--push-ignore-immutable-tag-errors"),
        Flags.many(
            "NAME",
            "Built-in source of credentials: env, google, ecr, acr, gitlab; none if empty. Default: all",
            "--credential-helpers"),
        Flags.flag("Build without a check of the right to push", "--skip-push-permission-check"));
  }

  RegistrySettings settings() throws UsageException {
    return new RegistrySettings(
        new Sources(mappings(), !isSet("--skip-default-registry-fallback")),
        new Certificates(authorities(), clients()),
        new Retries(
            count("--push-retry"),
            count("--image-download-retry"),
            count("--image-fs-extract-retry")),
        new Push(
            isSet("--push-ignore-immutable-tag-errors"), isSet("--skip-push-permission-check")),
        helpers());
  }

  private Optional<List<String>> helpers() throws UsageException {
    List<String> names = new ArrayList<>();
    for (String value : all("--credential-helpers")) {
      for (String name : value.split(",", -1)) {
        if (!name.isBlank() && !HELPERS.contains(name.strip())) {
          throw new UsageException(
              "tried to read flag --credential-helpers, but %s is none of %s"
                  .formatted(Printable.line(name), String.join(", ", HELPERS)));
        }
        if (!name.isBlank()) {
          names.add(name.strip());
        }
      }
    }
    return flags.hasMatchedOption("--credential-helpers") ? Optional.of(names) : Optional.empty();
  }

  private List<Mapping> mappings() throws UsageException {
    List<Mapping> mappings = new ArrayList<>();
    for (String value : all("--registry-map", "KANIKO_REGISTRY_MAP")) {
      for (String entry : value.split(";", -1)) {
        if (!entry.isBlank()) {
          String[] sides = entry.strip().split("=", 2);
          if (sides.length < 2 || !isPlace(sides[0]) || !isPlace(sides[1])) {
            throw new UsageException(
                "tried to read flag --registry-map, but %s is not original=replacement with two registries, without schemes"
                    .formatted(Printable.line(entry)));
          }
          mappings.add(new Mapping(sides[0], sides[1]));
        }
      }
    }
    for (String value : all("--registry-mirror", "KANIKO_REGISTRY_MIRROR")) {
      for (String mirror : value.split("[,;]", -1)) {
        if (!mirror.isBlank()) {
          if (!isPlace(mirror.strip())) {
            throw new UsageException(
                "tried to read flag --registry-mirror, but %s is not a registry; write HOST[:PORT][/PATH], without a scheme"
                    .formatted(Printable.line(mirror)));
          }
          mappings.add(new Mapping(HUB, mirror.strip()));
        }
      }
    }
    return mappings;
  }

  private static boolean isPlace(String text) {
    return PLACE.matcher(text).matches();
  }

  private Map<String, Path> authorities() throws UsageException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String value : all("--registry-certificate")) {
      String[] sides = sides("--registry-certificate", value, "HOST=FILE");
      files.put(sides[0], file("--registry-certificate", sides[1]));
    }
    return files;
  }

  private Map<String, Client> clients() throws UsageException {
    Map<String, Client> files = new LinkedHashMap<>();
    for (String value : all("--registry-client-cert")) {
      String[] sides = sides("--registry-client-cert", value, "HOST=CERT,KEY");
      String[] pair = sides[1].split(",", -1);
      if (pair.length != 2) {
        throw new UsageException(
            "tried to read flag --registry-client-cert, but %s has not two files; write HOST=CERT,KEY"
                .formatted(Printable.line(value)));
      }
      files.put(
          sides[0],
          new Client(
              file("--registry-client-cert", pair[0]), file("--registry-client-cert", pair[1])));
    }
    return files;
  }

  private static String[] sides(String flag, String value, String form) throws UsageException {
    String[] sides = value.split("=", 2);
    if (sides.length < 2 || !HOST.matcher(sides[0]).matches()) {
      throw new UsageException(
          "tried to read flag %s, but %s does not begin with a registry; write %s"
              .formatted(flag, Printable.line(value), form));
    }
    return sides;
  }

  private static Path file(String flag, String value) throws UsageException {
    try {
      Path path = Path.of(value).toAbsolutePath().normalize();
      if (Files.isReadable(path) && !Files.isDirectory(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new UsageException(
          "tried to use the path of %s, but the locale cannot spell it; set LC_ALL=C.UTF-8"
              .formatted(flag));
    }
    throw new UsageException(
        "tried to read flag %s, but there is no readable file %s; name one in PEM form"
            .formatted(flag, Printable.line(value)));
  }

  private int count(String flag) throws UsageException {
    String value = flags.matchedOptionValue(flag, "");
    if (!value.isEmpty() && !value.matches("\\d{1,4}")) {
      throw new UsageException(
          "tried to read flag %s, but %s is no number of tries; write one like 3"
              .formatted(flag, Printable.line(value)));
    }
    return value.isEmpty() ? 0 : Integer.parseInt(value);
  }

  /** The values of a flag, and after them that of the variable for it. */
  private List<String> all(String flag, String variable) {
    List<String> values = new ArrayList<>(all(flag));
    values.add(environment.getOrDefault(variable, ""));
    return values;
  }

  private List<String> all(String flag) {
    return flags.matchedOptionValue(flag, List.of());
  }

  private boolean isSet(String flag) {
    return flags.matchedOptionValue(flag, false);
  }
}
