package io.jenkins.plugins.kaniko.executor.cli;

import java.time.Duration;
import java.util.Locale;

/**
 * Text for people. What comes from a Dockerfile or a registry must not be able to move the cursor,
 * hide text or look like a line of ours: control characters are shown as escapes.
 */
final class Printable {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private Printable() {}

  /** One line: runs of white space become one space, other control characters escapes. */
  static String line(String text) {
    return block(text.strip().replaceAll("\\s+", " "));
  }

  /** One line of at most so many characters; what is cut is marked by three dots. */
  static String line(String text, int limit) {
    return cut(line(text), limit);
  }

  /** A line as it stands, blanks and all, of at most so many characters. */
  static String shortened(String text, int limit) {
    return cut(block(text), limit);
  }

  private static String cut(String line, int limit) {
    if (line.codePointCount(0, line.length()) <= limit) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, limit - 3)) + "...";
  }

  /** Text that may span lines; tabs stay. */
  static String block(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || c == '\t' || !isControl(c)) {
                shown.appendCodePoint(c);
              } else if (c < 0x100) {
                shown.append("\\x%02x".formatted(c));
              } else {
                shown.append("\\u%04x".formatted(c));
              }
            });
    return shown.toString();
  }

  private static boolean isControl(int c) {
    boolean bidirectional = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    boolean separator = c == 0x2028 || c == 0x2029;
    return Character.isISOControl(c) || bidirectional || surrogate || separator;
  }

  /** {@code 1.2 MB}: decimal units, as registries and disks count. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.95 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }

  /** {@code 4.1 s}, {@code 2 min 05 s}, {@code 1 h 02 min}. */
  static String duration(Duration duration) {
    long seconds = duration.plusMillis(500).toSeconds();
    if (duration.toMillis() < 59_950) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
    return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds % 3600 / 60);
  }
}
