package io.jenkins.plugins.kaniko.executor.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A file below {@code it/bad-input}: the exit code, the error as it is shown, and sections with the
 * files of the context. A section {@code a -> b} is a symlink, {@code args} the arguments.
 *
 * @param error empty to expect none
 */
record BadInputCase(
    String name, int exitCode, String error, List<String> args, Map<String, String> files) {
  private static final Path ROOT = Path.of("src/test/resources/it/bad-input");
  private static final String SECTION = "=== ";

  static List<BadInputCase> all() {
    try (Stream<Path> entries = Files.list(ROOT)) {
      return entries.sorted().map(BadInputCase::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the context. */
  void write(Path directory, Map<String, String> names) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      String[] link = file.getKey().split(" -> ", 2);
      Path path = directory.resolve(link[0]);
      Files.createDirectories(path.getParent());
      if (link.length == 2) {
        Files.createSymbolicLink(path, Path.of(link[1]));
      } else {
        Files.writeString(path, filled(file.getValue(), names));
      }
    }
  }

  /** Replaces {@code {name}} by its value. */
  static String filled(String text, Map<String, String> names) {
    String result = text;
    for (Map.Entry<String, String> name : names.entrySet()) {
      result = result.replace("{" + name.getKey() + "}", name.getValue());
    }
    return result;
  }

  private static BadInputCase read(Path file) {
    try {
      Map<String, String> sections = new LinkedHashMap<>();
      String section = "";
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(SECTION)) {
          section = line.substring(SECTION.length());
          sections.put(section, "");
        } else {
          sections.merge(section, line + "\n", String::concat);
        }
      }
      String[] expected = sections.remove("").split("\n", 2);
      String args = sections.remove("args");
      return new BadInputCase(
          file.getFileName().toString().replace(".txt", ""),
          Integer.parseInt(expected[0]),
          expected[1].stripTrailing(),
          args == null ? List.of("--no-push") : args.lines().toList(),
          sections);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
