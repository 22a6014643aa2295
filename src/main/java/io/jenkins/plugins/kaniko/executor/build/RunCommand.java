package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.CommandLine;
import io.jenkins.plugins.kaniko.executor.dockerfile.Heredoc;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.sandbox.FileMount;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a RUN executes.
 *
 * @param argv the command
 * @param script the file that it is, when a here-document begins with {@code #!}
 * @param text for the history
 */
record RunCommand(List<String> argv, Optional<FileMount> script, String text) {
  /** Where BuildKit has it too. */
  private static final String SCRIPTS = "/dev/pipes/";

  static RunCommand of(RunInstruction instruction, StageState state) {
    CommandLine command = instruction.command();
    if (!command.shellForm()) {
      return new RunCommand(
          command.arguments(), Optional.empty(), String.join(" ", command.arguments()));
    }
    String text = String.join(" ", state.shell()) + " " + command.withHeredocs();
    Optional<Heredoc> heredoc = command.script();
    if (heredoc.isEmpty()) {
      return new RunCommand(withShell(state, command.withHeredocs()), Optional.empty(), text);
    }
    String body = heredoc.get().text();
    if (!body.startsWith("#!")) {
      return new RunCommand(withShell(state, body), Optional.empty(), text);
    }
    String name = heredoc.get().name();
    String path = SCRIPTS + (name.matches("[A-Za-z0-9_-]+") ? name : "script");
    FileMount script = new FileMount(path, body.getBytes(StandardCharsets.UTF_8), 0755, 0, 0);
    return new RunCommand(withShell(state, path), Optional.of(script), text);
  }

  private static List<String> withShell(StageState state, String line) {
    List<String> argv = new ArrayList<>(state.shell());
    argv.add(line);
    return argv;
  }
}
