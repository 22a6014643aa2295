package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.SourceOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the flags that say where files come from, as docker buildx spells them. */
final class SourceFlags {
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://)?(.+)");
  private static final String LAYOUT = "oci-layout";

  /** The values of {@code --build-context}. */
  SourceOptions options(List<String> contexts) throws UsageException {
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
    return new SourceOptions(values);
  }

  private static String context(String name, String value) throws UsageException {
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
                  + ": are not supported; give a directory, docker-image://IMAGE or oci-layout://DIR[:TAG]");
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
