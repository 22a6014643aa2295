package io.jenkins.plugins.kaniko;

import java.util.List;
import java.util.Locale;

/** Numbers as people read them. */
final class Texts {
  private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB");

  private Texts() {}

  /** {@code 512 B}, {@code 3.4 MB}: powers of 1000, as registries count. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.95 && unit < UNITS.size() - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS.get(unit));
  }

  /** {@code 80 ms}, {@code 3.4 s}, {@code 2 min 5 s}. */
  static String duration(long millis) {
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", Math.floor(millis / 100.0) / 10);
    }
    return millis / 60_000 + " min " + millis / 1000 % 60 + " s";
  }

  /** The first line, cut to a length. */
  static String shortened(String text, int length) {
    String line = text.lines().findFirst().orElse("").strip();
    return line.length() <= length ? line : line.substring(0, length - 1) + "…";
  }
}
