package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The checks that need more than the text of the Dockerfile, for those who have it, and what the
 * directive {@code # check=} makes of all warnings. What the text decides is in {@link
 * Dockerfile#warnings()}.
 */
public final class Lint {

  private final Dockerfile file;
  private final CheckOptions options;

  private Lint(Dockerfile file, CheckOptions options) {
    this.file = file;
    this.options = options;
  }

  /** The checks of a file, with the options of its directive. */
  public static Lint of(Dockerfile file) {
    return new Lint(file, file.directives().checks());
  }

  /**
   * UndefinedVar: the variables that a stage uses and nothing defines. Empty for a stage that comes
   * down from scratch, which the parser has judged.
   *
   * @param environment the names of the variables of the image or stage that it starts from
   */
  public List<Warning> undefinedVariables(Stage stage, Set<String> environment) {
    if (!options.raises(LintRule.UNDEFINED_VAR)
        || VariableLint.environments(file).get(stage.index()).isPresent()) {
      return List.of();
    }
    return VariableLint.lint(file, stage, environment);
  }

  /**
   * InvalidBaseImagePlatform: a base image of another platform than the one wanted.
   *
   * @param expected the platform wanted, such as {@code linux/arm64}
   * @param actual the platform that the image's configuration names
   */
  public Optional<Warning> baseImagePlatform(Stage stage, String expected, String actual) {
    return expected.equals(actual)
        ? Optional.empty()
        : raise(
            LintRule.INVALID_BASE_IMAGE_PLATFORM,
            "the base image "
                + stage.from().image()
                + " is for "
                + actual
                + ", but "
                + expected
                + " was expected",
            stage.from());
  }

  /**
   * CopyIgnoredFile: a source that {@code .dockerignore} excludes. Not meant for the context as a
   * whole, nor for patterns.
   *
   * @param path the source as it is excluded
   */
  public Optional<Warning> copyIgnoredFile(TransferInstruction instruction, String path) {
    return raise(
        LintRule.COPY_IGNORED_FILE,
        instruction.keyword() + " names " + path + ", which .dockerignore excludes",
        instruction);
  }

  private Optional<Warning> raise(LintRule rule, String message, Instruction instruction) {
    return options.raises(rule)
        ? Optional.of(new Warning(rule, message, instruction.range()))
        : Optional.empty();
  }

  /**
   * Applies {@code # check=error=true}: warnings fail the build.
   *
   * @param raised the warnings of this class; those of the file count anyway
   * @throws DockerfileException naming the first warning and how many there are
   */
  public void enforce(List<Warning> raised) throws DockerfileException {
    List<Warning> all = new ArrayList<>(file.warnings());
    all.addAll(raised);
    if (!options.error() || all.isEmpty()) {
      return;
    }
    Warning first = all.get(0);
    String others =
        switch (all.size()) {
          case 1 -> "";
          case 2 -> ", and there is 1 more";
          default -> ", and there are " + (all.size() - 1) + " more";
        };
    DockerfileException error =
        new DockerfileException(
            "the check "
                + first.rule()
                + " failed: "
                + first.message()
                + others
                + "; \"# check=error=true\" makes this an error");
    Optional<Source> source = source(first);
    throw source.isPresent() ? error.at(source.get()) : error;
  }

  private Optional<Source> source(Warning warning) {
    List<Instruction> all = new ArrayList<>(file.globalArgs());
    for (Stage stage : file.stages()) {
      all.add(stage.from());
      all.addAll(stage.instructions());
    }
    return all.stream()
        .map(Instruction::source)
        .filter(source -> source.range().equals(warning.range()))
        .findFirst();
  }
}
