package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules UndefinedArgInFrom and InvalidDefaultArgInFrom. */
final class FromLint {

  /** The arguments that FROM sees without an ARG, with values of the usual form. */
  static final Map<String, String> PLATFORM =
      Map.of(
          "BUILDPLATFORM", "linux/amd64",
          "BUILDOS", "linux",
          "BUILDARCH", "amd64",
          "BUILDVARIANT", "",
          "TARGETPLATFORM", "linux/amd64",
          "TARGETOS", "linux",
          "TARGETARCH", "amd64",
          "TARGETVARIANT", "",
          "TARGETSTAGE", "default");

  private static final int LONGEST_REFERENCE = 512;

  /** The grammar of references of the distribution project. */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?:(?:[a-zA-Z0-9.-]+|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?/)?"
              + "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*"
              + "(?:/[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*)*"
              + "(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?"
              + "(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?");

  private final Dockerfile file;
  private final Expander expander;
  private final Map<String, String> defaults = new LinkedHashMap<>(PLATFORM);
  private final Set<String> declared = new LinkedHashSet<>(PLATFORM.keySet());
  private final List<Warning> warnings = new ArrayList<>();

  private FromLint(Dockerfile file) {
    this.file = file;
    this.expander = new Expander(file.directives().escape());
  }

  static List<Warning> lint(Dockerfile file) {
    FromLint lint = new FromLint(file);
    boolean defaultsAreSound = lint.declare();
    for (Stage stage : file.stages()) {
      lint.undefined(stage.from());
      if (defaultsAreSound) {
        lint.invalid(stage.from());
      }
    }
    return lint.warnings;
  }

  /** False when a default does not expand by itself, such as {@code ${v:?}}. */
  private boolean declare() {
    boolean sound = true;
    for (ArgInstruction instruction : file.globalArgs()) {
      for (Arg arg : instruction.args()) {
        declared.add(arg.name());
        if (arg.defaultValue().isPresent()) {
          Optional<String> value = expand(arg.defaultValue().get(), Variables.of(defaults));
          sound &= value.isPresent();
          value.ifPresent(text -> defaults.put(arg.name(), text));
        }
      }
    }
    return sound;
  }

  private void undefined(FromInstruction from) {
    Set<String> asked = new LinkedHashSet<>();
    Variables variables = Variables.recording(name -> Optional.of("1"), asked::add);
    expand(from.image(), variables);
    from.platform().ifPresent(platform -> expand(platform, variables));
    asked.removeAll(declared);
    for (String name : asked) {
      warnings.add(
          new Warning(
              LintRule.UNDEFINED_ARG_IN_FROM,
              "the argument "
                  + name
                  + " is not declared before the first FROM"
                  + VariableLint.suggestion(name, declared),
              from.range()));
    }
  }

  private void invalid(FromInstruction from) {
    if (!from.image().contains("$")) {
      return;
    }
    Optional<String> image = expand(from.image(), Variables.of(defaults));
    if (image.isPresent()
        && image.get().length() <= LONGEST_REFERENCE
        && !REFERENCE.matcher(image.get()).matches()) {
      warnings.add(
          new Warning(
              LintRule.INVALID_DEFAULT_ARG_IN_FROM,
              "with the defaults of its arguments, "
                  + from.image()
                  + (image.get().isEmpty() ? " is empty" : " is no image name: " + image.get()),
              from.range()));
    }
  }

  private Optional<String> expand(String text, Variables variables) {
    try {
      return Optional.of(expander.expandWord(text, variables));
    } catch (DockerfileException e) {
      // The build reports it, where the value counts.
      return Optional.empty();
    }
  }
}
