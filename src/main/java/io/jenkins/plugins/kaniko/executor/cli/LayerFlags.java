package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.ImageTimes;
import io.jenkins.plugins.kaniko.executor.build.LayerOptions;
import io.jenkins.plugins.kaniko.executor.oci.Compression;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Reads the flags about the bytes of an image: compression and times. */
final class LayerFlags {
  /** The variable and the build argument of reproducible-builds.org. */
  static final String EPOCH = "SOURCE_DATE_EPOCH";

  private static final int MAX_GZIP = 9;

  /** Above it zstd needs hundreds of megabytes. */
  private static final int MAX_ZSTD = 19;

  private final ParseResult flags;
  private final Map<String, String> environment;

  LayerFlags(ParseResult flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
  }

  static List<OptionSpec> options() {
    return List.of(
        Flags.one("NAME", "Compression of layers: gzip or zstd. Default: gzip", "--compression"),
        Flags.one(
            "NUMBER", "1 to 9 for gzip, 1 to 19 for zstd. Default: 4 and 3", "--compression-level"),
        Flags.one(
            "SECONDS",
            "Time of config and history, and the latest of files. Default: SOURCE_DATE_EPOCH",
            "--source-date-epoch"),
        Flags.flag("One time for all that the build makes, 1970 by default", "--reproducible"));
  }

  /**
   * What they say together.
   *
   * @param buildArgs with {@link #withEpoch}
   */
  LayerOptions options(Map<String, String> buildArgs) throws UsageException {
    String name = text("--compression").orElse("gzip");
    Compression compression =
        switch (name) {
          case "gzip" -> Compression.GZIP;
          case "zstd" -> Compression.ZSTD;
          default ->
              throw new UsageException(
                  "tried to read flag --compression, but there is no compression %s; use gzip or zstd"
                      .formatted(Printable.line(name)));
        };
    return new LayerOptions(compression, level(compression), times(buildArgs));
  }

  private OptionalInt level(Compression compression) throws UsageException {
    String given = text("--compression-level").orElse("-1");
    // As in kaniko, -1 is the default.
    if (given.equals("-1")) {
      return OptionalInt.empty();
    }
    int max = compression == Compression.ZSTD ? MAX_ZSTD : MAX_GZIP;
    int level = given.matches("[0-9]{1,2}") ? Integer.parseInt(given) : 0;
    if (level < 1 || level > max) {
      throw new UsageException(
          "tried to read flag --compression-level, but %s is not a number from 1 to %d"
              .formatted(Printable.line(given), max));
    }
    return OptionalInt.of(level);
  }

  private ImageTimes times(Map<String, String> buildArgs) throws UsageException {
    boolean all = flags.matchedOptionValue("--reproducible", false);
    String given = buildArgs.getOrDefault(EPOCH, "");
    if (given.isEmpty()) {
      return all ? new ImageTimes(Optional.of(Instant.EPOCH), true) : ImageTimes.REAL;
    }
    // Up to the year 9999.
    if (!given.matches("[0-9]{1,12}") || Long.parseLong(given) > 253_402_300_799L) {
      throw new UsageException(
          "tried to read %s, but %s is not a number of seconds since 1970; write it like 1700000000"
              .formatted(
                  text("--source-date-epoch").isPresent() ? "flag --source-date-epoch" : EPOCH,
                  Printable.line(given)));
    }
    return new ImageTimes(Optional.of(Instant.ofEpochSecond(Long.parseLong(given))), all);
  }

  /**
   * The build arguments with the epoch among them: that of the flag, else that of the arguments,
   * else that of the environment. An empty one is none. Commands see it where an ARG declares it.
   */
  Map<String, String> withEpoch(Map<String, String> buildArgs) {
    Map<String, String> all = new LinkedHashMap<>(buildArgs);
    text("--source-date-epoch").ifPresent(given -> all.put(EPOCH, given));
    String inherited = environment.getOrDefault(EPOCH, "");
    if (!inherited.isEmpty()) {
      all.putIfAbsent(EPOCH, inherited);
    }
    return all;
  }

  private Optional<String> text(String flag) {
    return Optional.of(flags.matchedOptionValue(flag, "")).filter(value -> !value.isEmpty());
  }
}
