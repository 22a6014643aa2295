package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.layer.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Changes one input of a build after the other, and looks which of its steps come from the cache.
 * It is run inside namespaces, as {@code main}.
 */
final class StepInputs {
  private static final String STAGE =
      """
      FROM system
      ARG SEEN=1
      ENV VARIABLE=1
      COPY files /files/
      RUN --mount=type=secret,id=key <<EOF
        cat /run/secrets/key /files/file >> /made
        echo $SEEN $VARIABLE
      EOF
      ARG LATER=1
      LABEL label=1
      """;

  private final CommandBuilds builds;
  private final Path files;
  private final Path secret;

  private StepInputs(CommandBuilds builds) {
    this.builds = builds;
    this.files = builds.context().resolve("files");
    this.secret = builds.context().resolveSibling("secret");
  }

  /** Changes something of the context. */
  @FunctionalInterface
  private interface Edit {
    void make() throws IOException;
  }

  /** Runs inside namespaces. */
  public static void main(String[] args) throws Exception {
    try (CommandBuilds builds = new CommandBuilds()) {
      StepInputs inputs = new StepInputs(builds);
      inputs.write();
      assertThat(inputs.cached(STAGE)).isEqualTo("");
      inputs.filesOfTheContext();
      inputs.wordsOfTheDockerfile();
      inputs.flags();
      assertThat(inputs.cached(STAGE)).as("all taken back").isEqualTo("COPY RUN");
    }
  }

  private void filesOfTheContext() throws Exception {
    Path file = files.resolve("file");
    Path link = files.resolve("link");
    check("nothing", () -> {}, "COPY RUN");
    FileTime old = FileTime.fromMillis(1_500_000_000_000L);
    check("times", () -> Files.setLastModifiedTime(file, old), "COPY RUN");
    check("a secret", () -> Files.writeString(secret, "other"), "COPY RUN");
    check("a file that is not copied", () -> write(builds.context().resolve("x")), "COPY RUN");
    check("content", () -> Files.writeString(file, "other"), "");
    check(
        "a name", () -> Files.move(file, files.resolve("renamed")), "", "cat /files", "ls /files");
    check("a mode", () -> Files.setAttribute(file, "unix:mode", 0600), "");
    check("a file more", () -> write(files.resolve("more")), "");
    check("a directory more", () -> Files.createDirectory(files.resolve("more")), "");
    check("the target of a link", () -> relink(link, "elsewhere"), "");
    check("a link that is a file", () -> write(replaced(link)), "");
    check("a hard link", () -> Files.createLink(replaced(files.resolve("same")), file), "");
  }

  private void wordsOfTheDockerfile() throws Exception {
    check("a label", () -> {}, "COPY RUN", "label=1", "label=2");
    check("a comment", () -> {}, "COPY RUN", "ARG LATER", "# comment\nARG LATER");
    check("an ARG of later", () -> {}, "COPY RUN", "LATER=1", "LATER=2");
    check("an ARG", () -> {}, "COPY", "SEEN=1", "SEEN=2");
    check("an ENV", () -> {}, "COPY", "VARIABLE=1", "VARIABLE=2");
    check("a here-document", () -> {}, "COPY", "echo $SEEN", "echo  $SEEN");
    check("a mount", () -> {}, "COPY", "id=key", "id=key,required=true");
    check("the network", () -> {}, "COPY", "RUN --mount", "RUN --network=none --mount");
    check("the user", () -> {}, "COPY", "RUN --mount", "USER 0\nRUN --mount");
    check("the shell", () -> {}, "COPY", "RUN --mount", "SHELL [\"sh\", \"-c\"]\nRUN --mount");
    check("the directory", () -> {}, "COPY", "RUN --mount", "WORKDIR /w\nRUN --mount");
    check("a target", () -> {}, "", "/files/\n", "/files\n");
    check("an owner", () -> {}, "", "COPY files", "COPY --chown=1:1 files");
    check("a mode that is given", () -> {}, "", "COPY files", "COPY --chmod=644 files");
  }

  private void flags() throws Exception {
    assertThat(cached(STAGE, Map.of("UNKNOWN", "2"), List.of())).isEqualTo("COPY RUN");
    assertThat(cached(STAGE, Map.of("HTTP_PROXY", "http://x"), List.of())).isEqualTo("COPY RUN");
    assertThat(cached(STAGE, Map.of("LATER", "3"), List.of())).isEqualTo("COPY RUN");
    assertThat(cached(STAGE, Map.of("SEEN", "3"), List.of())).isEqualTo("COPY");
    assertThat(cached(STAGE, Map.of(), List.of("1.2.3.4\tname"))).isEqualTo("COPY");
    String declared = STAGE.replace("ARG SEEN", "ARG HTTP_PROXY\nARG SEEN");
    assertThat(cached(declared, Map.of("HTTP_PROXY", "http://x"), List.of())).isEqualTo("COPY");
    assertThat(cached(declared, Map.of("HTTP_PROXY", "http://y"), List.of())).isEqualTo("COPY");
  }

  /**
   * Builds once with something changed, and takes the change back.
   *
   * @param expected those of COPY and RUN that come from the cache
   * @param words of the Dockerfile and what stands in their place
   */
  private void check(String what, Edit edit, String expected, String... words) throws Exception {
    edit.make();
    String stage = words.length == 0 ? STAGE : STAGE.replace(words[0], words[1]);
    assertThat(cached(stage)).as(what).isEqualTo(expected);
    write();
  }

  private String cached(String stage) throws Exception {
    return cached(stage, Map.of(), List.of());
  }

  private String cached(String stage, Map<String, String> args, List<String> hosts)
      throws Exception {
    RunOptions options =
        new RunOptions(
            Map.of("key", new RunOptions.Secret(RunOptions.Secret.Kind.FILE, secret.toString())),
            Map.of(),
            "default",
            hosts,
            OptionalLong.empty());
    StringBuilder found = new StringBuilder();
    for (BuildResult.Step step :
        builds.build(builds.request(stage).buildArgs(args).runOptions(options), event -> {})) {
      String word = step.text().split(" ", 2)[0];
      if (step.cached() && !step.stage().equals("system") && !word.equals("WORKDIR")) {
        found.append(found.isEmpty() ? "" : " ").append(word);
      }
    }
    return found.toString();
  }

  /** The context as it is at first. */
  private void write() throws IOException {
    Trees.delete(files);
    Files.createDirectories(files);
    write(files.resolve("file"));
    write(files.resolve("same"));
    Files.createSymbolicLink(files.resolve("link"), Path.of("file"));
    Files.writeString(secret, "secret");
  }

  private static void write(Path file) throws IOException {
    Files.writeString(file, "content\n");
    Files.setAttribute(file, "unix:mode", 0644);
  }

  private static void relink(Path link, String target) throws IOException {
    Files.createSymbolicLink(replaced(link), Path.of(target));
  }

  private static Path replaced(Path file) throws IOException {
    Files.delete(file);
    return file;
  }
}
