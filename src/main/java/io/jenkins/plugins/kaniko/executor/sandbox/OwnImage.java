package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The container image that is the executor's own: all of it lies in {@code /kaniko} and goes on
 * working whatever becomes of the rest. A marker in it tells it from other images.
 */
public final class OwnImage {
  /** Holds the programs in {@code bin}, and in {@code lib} their loader and libraries. */
  static final Path HOME = Path.of("/kaniko");

  private static final Path MARKER = HOME.resolve(".image");

  private OwnImage() {}

  /** Whether this process runs in a container of it. */
  static boolean isHere() {
    return Files.isRegularFile(MARKER);
  }

  /** The directories that are the image's: a line of the marker each. */
  public static List<Path> directories() throws IOException {
    return Files.readAllLines(MARKER).stream()
        .filter(line -> line.startsWith("/") && line.length() > 1)
        .map(line -> Path.of(line).normalize())
        .toList();
  }

  /** A file that says what was in the root before the executor filled it. */
  public static Path record() {
    return HOME.resolve(".filled");
  }

  /** A directory of the image for what lasts for a moment. */
  static Path temporary() {
    return HOME.resolve("tmp");
  }
}
