package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.ImageOptions;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Reads the flags about the form of the image. */
final class ImageFlags {
  private static final String VAR_RUN = "/var/run";

  private final ParseResult flags;

  ImageFlags(ParseResult flags) {
    this.flags = flags;
  }

  static List<OptionSpec> options() {
    return List.of(
        Flags.many("KEY=VALUE", "Annotation of the manifest; repeatable", "--annotation"),
        Flags.one("FORMAT", "docker or oci. Default: that of the base image", "--image-format"),
        Flags.flag("Make one layer of all steps of the target", "--single-snapshot"),
        Flags.flag(
            "Leave /var/run out of layers. Default: false",
            "--ignore-var-run",
            "--whitelist-var-run"));
  }

  /**
   * @param notes to tell when the build begins
   */
  ImageOptions options(List<String> notes) throws UsageException {
    Map<String, String> annotations = annotations();
    Optional<ImageFormat> format = format();
    boolean docker = format.equals(Optional.of(ImageFormat.DOCKER));
    if (docker && flags.matchedOptionValue("--compression", "").equals("zstd")) {
      throw new UsageException(
          "tried to use --compression=zstd with --image-format=docker, but a Docker manifest has no name for such layers; leave one of them out");
    }
    if (docker && !annotations.isEmpty()) {
      throw new UsageException(
          "tried to use --annotation with --image-format=docker, but a Docker manifest has no place for annotations; leave one of them out");
    }
    return new ImageOptions(
        format, annotations, flags.matchedOptionValue("--single-snapshot", false), notes);
  }

  /** Those of {@code --ignore-path}, and what {@code --ignore-var-run} adds. */
  List<String> ignorePaths() {
    List<String> paths = new ArrayList<>(flags.matchedOptionValue("--ignore-path", List.of()));
    if (flags.matchedOptionValue("--ignore-var-run", false)) {
      paths.add(VAR_RUN);
    }
    return paths;
  }

  private Optional<ImageFormat> format() throws UsageException {
    String given = flags.matchedOptionValue("--image-format", "");
    return switch (given) {
      case "" -> Optional.empty();
      case "docker" -> Optional.of(ImageFormat.DOCKER);
      case "oci" -> Optional.of(ImageFormat.OCI);
      default ->
          throw new UsageException(
              "tried to read flag --image-format, but there is no format %s; use docker or oci"
                  .formatted(Printable.line(given)));
    };
  }

  private Map<String, String> annotations() throws UsageException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String given : flags.matchedOptionValue("--annotation", List.<String>of())) {
      int equals = given.indexOf('=');
      if (equals < 1) {
        throw new UsageException(
            "tried to read flag --annotation, but %s is not KEY=VALUE"
                .formatted(Printable.line(given)));
      }
      values.put(given.substring(0, equals), given.substring(equals + 1));
    }
    return values;
  }
}
