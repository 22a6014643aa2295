package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file {@code expected} of a case, one statement a line:
 *
 * <pre>
 * fails 1 TEXT                    the build ends with this exit code and says this
 * log TEXT / no-log TEXT          the output has, or has not, this text
 * tree /PATH                      what is below is stated completely
 * dir|file|fifo|char|block MODE UID:GID /PATH [= CONTENT]
 * symlink /PATH -> TARGET
 * same /PATH /PATH                two names of one file
 * absent /PATH
 * capability /PATH HEX            its extended attribute security.capability
 * xattr NAME HEX /PATH            any extended attribute
 * mtime SECONDS /PATH
 * config /JSON/POINTER = JSON     of the image config; no-config /JSON/POINTER
 * manifest /JSON/POINTER = JSON   of the manifest
 * layers N, history N             how many of them
 * layer N /PATH ...               exactly what the tar of a layer names, counted from 0, or from -1 backwards
 * </pre>
 *
 * <p>A blank in a path is written {@code \s}.
 */
record Expectation(List<String> lines) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Expectation parse(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        lines.add(line);
      }
    }
    return new Expectation(lines);
  }

  /** The exit code that is expected. */
  int exitCode() {
    return failure().map(line -> Integer.parseInt(line.split(" ", 3)[1])).orElse(0);
  }

  private Optional<String> failure() {
    return lines.stream().filter(line -> line.startsWith("fails ")).findFirst();
  }

  void checkLog(String output) {
    for (String line : lines) {
      String[] words = line.split(" ", 2);
      switch (words[0]) {
        case "fails" -> assertThat(output).contains(words[1].split(" ", 2)[1]);
        case "log" -> assertThat(output).contains(words[1]);
        case "no-log" -> assertThat(output).doesNotContain(words[1]);
        default -> {}
      }
    }
    assertThat(output).doesNotContain("defect of the executor").doesNotContain("\tat io.jenkins");
  }

  void check(FlatImage image) throws IOException {
    Set<String> stated = new HashSet<>();
    List<String> trees = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" +");
      switch (words[0]) {
        case "dir", "file", "fifo", "char", "block" -> {
          stated.add(path(words[3]));
          file(image, line, words);
        }
        case "symlink" -> {
          stated.add(path(words[1]));
          FlatImage.Node node = node(image, words[1], line);
          assertThat(node.type() + " " + node.link()).as(line).isEqualTo("symlink " + words[3]);
        }
        case "same" ->
            assertThat(node(image, words[1], line).group()).as(line).contains(path(words[2]));
        case "capability" ->
            assertThat(node(image, words[1], line).xattrs())
                .as(line)
                .containsEntry("security.capability", words[2]);
        case "xattr" ->
            assertThat(node(image, words[3], line).xattrs())
                .as(line)
                .containsEntry(words[1], words[2]);
        case "mtime" ->
            assertThat(node(image, words[2], line).mtime()).as(line).hasToString(words[1]);
        case "absent" -> assertThat(image.files()).as(line).doesNotContainKey(path(words[1]));
        case "tree" -> trees.add(path(words[1]));
        case "config" -> {
          String[] parts = line.substring("config ".length()).split(" = ", 2);
          assertThat(image.config().at(parts[0])).as(line).isEqualTo(JSON.readTree(parts[1]));
        }
        case "manifest" -> {
          String[] parts = line.substring("manifest ".length()).split(" = ", 2);
          assertThat(image.manifest().at(parts[0])).as(line).isEqualTo(JSON.readTree(parts[1]));
        }
        case "no-config" ->
            assertThat(image.config().at(words[1]).isMissingNode()).as(line).isTrue();
        case "layers" ->
            assertThat(image.manifest().get("layers")).as(line).hasSize(Integer.parseInt(words[1]));
        case "history" ->
            assertThat(image.config().get("history")).as(line).hasSize(Integer.parseInt(words[1]));
        case "layer" -> {
          int index = Integer.parseInt(words[1]);
          List<String> paths = new ArrayList<>();
          for (int i = 2; i < words.length; i++) {
            paths.add(path(words[i]));
          }
          assertThat(image.names().get(index < 0 ? image.names().size() + index : index))
              .as(line)
              .containsExactlyInAnyOrderElementsOf(paths);
        }
        case "fails", "log", "no-log" -> {}
        default -> throw new IllegalArgumentException("what is \"" + line + "\"?");
      }
    }
    for (String tree : trees) {
      String below = tree.isEmpty() ? "" : tree + "/";
      assertThat(image.files().keySet().stream().filter(p -> p.startsWith(below)))
          .as("what is below /" + tree)
          .allMatch(path -> stated.contains(path));
    }
  }

  private static void file(FlatImage image, String line, String[] words) {
    FlatImage.Node node = node(image, words[3], line);
    assertThat("%s %o %d:%d".formatted(node.type(), node.mode(), node.uid(), node.gid()))
        .as(line)
        .isEqualTo(words[0] + " " + words[1] + " " + words[2]);
    int equals = line.indexOf(" = ");
    if (equals >= 0) {
      assertThat(node.text().stripTrailing().replace("\n", "\\n"))
          .as(line)
          .isEqualTo(line.substring(equals + 3));
    }
  }

  private static FlatImage.Node node(FlatImage image, String path, String line) {
    FlatImage.Node node = image.files().get(path(path));
    assertThat(node).as(line).isNotNull();
    return node;
  }

  private static String path(String absolute) {
    return absolute.substring(1).replace("\\s", " ");
  }
}
