package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads Dockerfiles: the language of the Dockerfile reference, with the behaviour of BuildKit's
 * frontend where the reference is silent.
 */
public final class DockerfileParser {

  private static final char TRIGGER_ESCAPE = '\\';

  private final String name;
  private final List<Warning> warnings = new ArrayList<>();
  private final List<ArgInstruction> globalArgs = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();

  private DockerfileParser(String name) {
    this.name = name;
  }

  /**
   * Reads a Dockerfile.
   *
   * @param displayName what messages call the file
   * @param text its content, decoded from UTF-8
   * @throws DockerfileException when it is not valid; the message names the line
   */
  public static Dockerfile parse(String displayName, String text) throws DockerfileException {
    return parse(displayName, text, Optional.empty());
  }

  /**
   * Reads a Dockerfile.
   *
   * @param checks what counts in place of its directive {@code # check=}
   * @throws DockerfileException when it is not valid; the message names the line
   */
  public static Dockerfile parse(String displayName, String text, Optional<CheckOptions> checks)
      throws DockerfileException {
    List<String> lines = LineReader.split(text);
    refuseNul(displayName, lines);
    return new DockerfileParser(displayName).read(lines, checks);
  }

  /** No command and no variable can hold this character. */
  private static void refuseNul(String name, List<String> lines) throws DockerfileException {
    for (int i = 0; i < lines.size(); i++) {
      int column = lines.get(i).indexOf('\0') + 1;
      if (column > 0) {
        throw new DockerfileException(
            "a NUL character stands here; remove it, or convert the file to UTF-8",
            new Source(
                new SourceRange(name, i + 1, i + 1, OptionalInt.of(column)),
                lines.get(i),
                List.of(lines.get(i)),
                List.of(),
                List.of()));
      }
    }
  }

  /**
   * Reads one ONBUILD trigger of a base image's configuration.
   *
   * @param origin what messages call the image
   * @param text the trigger, with the bodies of its here-documents
   * @throws DockerfileException when it is not exactly one valid instruction, or one that cannot be
   *     triggered: FROM, MAINTAINER, ONBUILD
   */
  public static Instruction parseTrigger(String origin, String text) throws DockerfileException {
    LineReader reader = new LineReader(origin, LineReader.split(text), TRIGGER_ESCAPE, 0);
    Optional<LogicalLine> line = reader.read();
    if (line.isEmpty()) {
      throw new DockerfileException(origin + ": the ONBUILD trigger is empty");
    }
    Instruction instruction =
        new InstructionParser(TRIGGER_ESCAPE, warning -> {}).parse(line.get());
    InstructionParser.checkTrigger(instruction);
    Optional<LogicalLine> second = reader.read();
    if (second.isPresent()) {
      throw new DockerfileException(
          "an ONBUILD trigger is one instruction, but this one goes on", second.get().source());
    }
    return instruction;
  }

  private Dockerfile read(List<String> lines, Optional<CheckOptions> checks)
      throws DockerfileException {
    Frontend.refuseOther(name, lines);
    DirectiveReader.Header header = DirectiveReader.read(name, lines);
    Directives directives = checks.map(header.directives()::withCheck).orElse(header.directives());
    LineReader reader = new LineReader(name, lines, directives.escape(), header.lines());
    InstructionParser parser = new InstructionParser(directives.escape(), warnings::add);
    FromInstruction from = null;
    List<Instruction> instructions = new ArrayList<>();
    for (Optional<LogicalLine> line = reader.read(); line.isPresent(); line = reader.read()) {
      Instruction instruction = parser.parse(line.get());
      if (instruction instanceof FromInstruction next) {
        closeStage(from, instructions);
        from = next;
        instructions.clear();
      } else if (from != null) {
        instructions.add(instruction);
      } else if (instruction instanceof ArgInstruction arg) {
        globalArgs.add(arg);
      } else {
        throw new DockerfileException(
            instruction.keyword() + " stands before the first FROM, where only ARG may",
            instruction.source());
      }
    }
    closeStage(from, instructions);
    if (stages.isEmpty()) {
      throw new DockerfileException(
          name
              + (globalArgs.isEmpty()
                  ? ": the file has no instructions; begin with FROM <image>"
                  : ": the file has no FROM; name an image, or FROM scratch"));
    }
    Dockerfile file = new Dockerfile(name, directives, globalArgs, stages, List.of());
    warnings.addAll(Linter.lint(file));
    warnings.removeIf(warning -> !directives.checks().raises(warning.check()));
    warnings.sort(Comparator.comparingInt(warning -> warning.range().startLine()));
    return new Dockerfile(name, directives, globalArgs, stages, warnings);
  }

  private void closeStage(FromInstruction from, List<Instruction> instructions) {
    if (from != null) {
      Optional<String> stageName = from.name().map(written -> written.toLowerCase(Locale.ROOT));
      stages.add(new Stage(stages.size(), stageName, from, instructions));
    }
  }
}
