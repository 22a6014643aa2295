package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.SourceOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Reads the flags that say where files come from, as docker buildx spells them. */
final class SourceFlags {
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://)?(.+)");
  private static final Pattern GIT =
      Pattern.compile("(?i)(ssh|git)://.*|[\\w.-]+@[\\w.-]+:.*", Pattern.DOTALL);
  private static final Pattern REMOTE =
      Pattern.compile("(?i)(ssh|git|https?|tar|s3|gs)://.*|[\\w.-]+@[\\w.-]+:.*", Pattern.DOTALL);
  private static final String LAYOUT = "oci-layout";

  /**
   * The values of {@code --build-context}, {@code --context} and {@code --git}.
   *
   * @param baseLayers what {@code --cache-dir} means
   */
  SourceOptions options(
      List<String> contexts, Optional<String> main, List<String> git, Optional<Path> baseLayers)
      throws UsageException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String given : contexts) {
      int equals = given.indexOf('=');
      if (equals < 1 || equals == given.length() - 1) {
        throw new UsageException(
            "tried to read flag --build-context, but %s is not NAME=SOURCE"
                .formatted(Printable.line(given)));
      }
      String name = given.substring(0, equals);
      values.put(name, context(name, given.substring(equals + 1)));
    }
    return new SourceOptions(values, main.filter(SourceFlags::isRemote), git(git), baseLayers);
  }

  private static boolean isRemote(String context) {
    return REMOTE.matcher(context).matches();
  }

  /** As kaniko: {@code branch=,single-branch=,recurse-submodules=,insecure-skip-tls=}. */
  private static SourceOptions.Git git(List<String> given) throws UsageException {
    Optional<String> branch = Optional.empty();
    boolean submodules = false;
    boolean skipTls = false;
    for (String field : String.join(",", given).split(",", -1)) {
      String[] parts = field.split("=", 2);
      String value = parts.length < 2 ? "" : parts[1];
      switch (parts[0]) {
        case "" -> {}
        case "branch" -> branch = Optional.of(value).filter(name -> !name.isEmpty());
        // One commit is fetched, whatever this says.
        case "single-branch", "depth" -> {}
        case "recurse-submodules" -> submodules = toBoolean(parts[0], value);
        case "insecure-skip-tls" -> skipTls = toBoolean(parts[0], value);
        default ->
            throw new UsageException(
                "tried to read flag --git, but %s is none of branch, single-branch, depth,"
                        .formatted(Printable.line(parts[0]))
                    + " recurse-submodules, insecure-skip-tls");
      }
    }
    return new SourceOptions.Git(branch, submodules, skipTls);
  }

  private static boolean toBoolean(String name, String value) throws UsageException {
    try {
      return Flags.toBoolean(value);
    } catch (CommandLine.TypeConversionException e) {
      throw new UsageException("tried to read " + name + " of --git, but " + e.getMessage());
    }
  }

  private static String context(String name, String value) throws UsageException {
    if (GIT.matcher(value).matches() || value.matches("https?://.*")) {
      return value;
    }
    Path directory = path(value);
    Matcher url = SCHEME.matcher(value);
    if (!url.matches() || Files.isDirectory(directory)) {
      if (!Files.isDirectory(directory)) {
        throw unusable(name, "there is no directory " + Printable.line(value));
      }
      return directory.toString();
    }
    return switch (url.group(1)) {
      case "docker-image" -> "docker-image://" + url.group(2);
      case LAYOUT -> LAYOUT + "://" + path(url.group(2));
      case "target" ->
          throw unusable(
              name, "target:STAGE is a word of docker buildx bake; stages need no context here");
      default ->
          throw unusable(
              name,
              "contexts of the kind "
                  + url.group(1)
                  + ": are not supported; give a directory, docker-image://IMAGE, oci-layout://DIR[:TAG], the address of a git repository or the https address of a tar");
    };
  }

  private static UsageException unusable(String name, String reason) {
    return new UsageException(
        "tried to use --build-context %s, but %s".formatted(Printable.line(name), reason));
  }

  private static Path path(String value) throws UsageException {
    try {
      return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(
          "tried to use the path of --build-context, but the locale cannot spell it; set"
              + " LC_ALL=C.UTF-8");
    }
  }
}
