package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.ResultFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/** Reads the flags that name files for the result. */
final class ResultFlags {
  private final ParseResult flags;
  private final Map<String, String> environment;

  ResultFlags(ParseResult flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
  }

  ResultFiles files() throws UsageException {
    String builder = environment.getOrDefault("BUILDER_OUTPUT", "");
    return new ResultFiles(
        path("--tar-path"),
        path("--oci-layout-path"),
        place("--digest-file"),
        place("--image-name-with-digest-file"),
        place("--image-name-tag-with-digest-file"),
        path("--metadata-file"),
        builder.isEmpty()
            ? Optional.empty()
            : Optional.of(CommandLineParser.toPath("BUILDER_OUTPUT", builder)));
  }

  /** A path, or an address that takes what is put to it. */
  private Optional<String> place(String flag) throws UsageException {
    Optional<String> given = text(flag);
    return given.isPresent() && given.get().startsWith("https://")
        ? given
        : path(flag).map(Path::toString);
  }

  private Optional<Path> path(String flag) throws UsageException {
    Optional<String> given = text(flag);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (given.get().matches("[A-Za-z][A-Za-z0-9+.-]*://.*")) {
      throw new UsageException("a URL of this kind as " + flag + " is not supported; give a path");
    }
    return Optional.of(CommandLineParser.toPath(flag, given.get()));
  }

  private Optional<String> text(String flag) {
    return Optional.of(flags.matchedOptionValue(flag, "")).filter(value -> !value.isEmpty());
  }
}
