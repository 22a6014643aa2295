package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** The rule InvalidDefinitionDescription, on the last comment line above FROM and ARG. */
final class DescriptionLint {

  private DescriptionLint() {}

  static List<Warning> lint(Dockerfile file) {
    List<Warning> warnings = new ArrayList<>();
    file.globalArgs().forEach(arg -> lint(arg, warnings));
    for (Stage stage : file.stages()) {
      stage.name().ifPresent(name -> lint(stage.from(), List.of(name), warnings));
      for (Instruction instruction : stage.instructions()) {
        if (instruction instanceof ArgInstruction arg) {
          lint(arg, warnings);
        }
      }
    }
    return warnings;
  }

  private static void lint(ArgInstruction arg, List<Warning> warnings) {
    lint(arg, arg.args().stream().map(Arg::name).toList(), warnings);
  }

  private static void lint(Instruction instruction, List<String> names, List<Warning> warnings) {
    List<String> comments = instruction.source().comments();
    if (comments.isEmpty()) {
      return;
    }
    String first = Chars.head(comments.get(comments.size() - 1)).word();
    if (!names.contains(first)) {
      warnings.add(
          new Warning(
              LintRule.INVALID_DEFINITION_DESCRIPTION,
              "the comment above "
                  + instruction.keyword()
                  + " should read \"# "
                  + (names.size() == 1 ? names.get(0) : "<name>")
                  + " <description>\"; leave a blank line below it if it is no description",
              instruction.range()));
    }
  }
}
