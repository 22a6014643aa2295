package io.jenkins.plugins.kaniko;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which flags the executors have. A parameter of a build whose flag is missing is an error, never
 * ignored.
 */
final class ExecutorFlags {
  /** What this plugin's own executor says to {@code --help}; the build asks it. */
  private static final String HELP = "executor-help.txt";

  /** The help text's lines that begin an option are indented less than the others. */
  private static final int INDENT = 6;

  private static final Set<String> OWN = read();

  /** Of those that parameters stand for; kaniko's executor has the rest. */
  private static final Set<String> NOT_IN_KANIKO =
      Set.of("--ssh", "--build-context", "--isolation", "--store-dir", "--store-size-limit");

  private ExecutorFlags() {}

  /**
   * Whether a flag can be given.
   *
   * @param kaniko to kaniko's executor rather than to this plugin's own
   */
  static boolean has(String flag, boolean kaniko) {
    return kaniko ? !NOT_IN_KANIKO.contains(flag) : OWN.contains(flag);
  }

  /** The flags of which a help text tells. */
  static Set<String> in(String help) {
    Set<String> flags = new TreeSet<>();
    for (String line : help.lines().toList()) {
      String words = line.strip();
      if (!words.startsWith("-") || line.indexOf('-') > INDENT) {
        continue;
      }
      for (String name : words.split(", ", -1)) {
        if (!name.startsWith("-")) {
          break;
        }
        if (name.startsWith("--")) {
          flags.add(name.replaceFirst("[^\\w-].*", ""));
        }
      }
    }
    return flags;
  }

  private static Set<String> read() {
    try (InputStream in = ExecutorFlags.class.getResourceAsStream(HELP)) {
      if (in == null) {
        throw new IllegalStateException("the build has left out " + HELP);
      }
      return in(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
