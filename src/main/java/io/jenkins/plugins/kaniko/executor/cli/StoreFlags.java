package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.Durations;
import io.jenkins.plugins.kaniko.executor.build.StoreLimits;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Flags that say how much the store may keep. */
final class StoreFlags {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})([kmgt]?)(i?)b?");
  private static final Map<String, Integer> POWERS = Map.of("", 0, "k", 1, "m", 2, "g", 3, "t", 4);

  private StoreFlags() {}

  static List<OptionSpec> options() {
    return List.of(
        Flags.one(
            "SIZE", "How large the store may be after a build, as 20GB", "--store-size-limit"),
        Flags.one(
            "DURATION",
            "How long something may stay in the store that no build uses, as 336h",
            "--store-max-age"));
  }

  /** The limits that two flags of these names set. */
  static StoreLimits limits(ParseResult flags, String size, String age) throws UsageException {
    String bytes = flags.matchedOptionValue(size, "");
    String time = flags.matchedOptionValue(age, "");
    return new StoreLimits(
        bytes.isEmpty() ? OptionalLong.empty() : OptionalLong.of(size(size, bytes)),
        time.isEmpty() ? Optional.empty() : Optional.of(duration(age, time)));
  }

  /** Decimal units as disks have them; {@code KiB}, {@code MiB}, {@code GiB} are binary. */
  static long size(String flag, String given) throws UsageException {
    Matcher matcher = SIZE.matcher(given.toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      long bytes = Long.parseLong(matcher.group(1));
      long unit = matcher.group(3).isEmpty() ? 1000 : 1024;
      try {
        for (int i = POWERS.get(matcher.group(2)); i > 0; i--) {
          bytes = Math.multiplyExact(bytes, unit);
        }
        return bytes;
      } catch (ArithmeticException e) {
        // Too large for any disk: said below.
      }
    }
    throw new UsageException(
        "tried to read flag %s, but %s is no size; write it like 20GB or 500MiB"
            .formatted(flag, Printable.line(given)));
  }

  static Duration duration(String flag, String given) throws UsageException {
    return Durations.parse(given)
        .orElseThrow(
            () ->
                new UsageException(
                    "tried to read flag %s, but %s is no duration; write it like 336h or 1h30m"
                        .formatted(flag, Printable.line(given))));
  }
}
