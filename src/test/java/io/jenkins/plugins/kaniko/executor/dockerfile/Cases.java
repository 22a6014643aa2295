package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The data of the tests: directories with an input and what is expected of it. */
final class Cases {

  private static final Path ROOT = Path.of("src/test/resources/dockerfile");

  private Cases() {}

  /** One directory. {@code Dockerfile} is read as it is; {@code expected} ends with a line feed. */
  record Case(String name, String dockerfile, String expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> in(String directory) {
    try (Stream<Path> entries = Files.list(ROOT.resolve(directory))) {
      return entries
          .sorted()
          .map(
              entry ->
                  new Case(
                      entry.getFileName().toString(),
                      read(entry.resolve("Dockerfile")),
                      read(entry.resolve("expected"))))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(String file) {
    return text(file).lines().toList();
  }

  static String text(String file) {
    return read(ROOT.resolve(file));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
