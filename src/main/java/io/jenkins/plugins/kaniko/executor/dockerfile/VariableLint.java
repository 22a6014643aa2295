package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rule UndefinedVar, on the fields that the builder expands. */
final class VariableLint {

  /** Set in every stage, whatever its base says. */
  private static final String PATH = "PATH";

  private final char escape;
  private final Set<String> defined;
  private final List<Warning> warnings = new ArrayList<>();

  private VariableLint(char escape, Set<String> defined) {
    this.escape = escape;
    this.defined = defined;
  }

  /** The warnings of the stages that come down from scratch: of them the text tells all. */
  static List<Warning> lint(Dockerfile file) {
    List<Optional<Set<String>>> environments = environments(file);
    List<Warning> warnings = new ArrayList<>();
    for (Stage stage : file.stages()) {
      environments
          .get(stage.index())
          .ifPresent(environment -> warnings.addAll(lint(file, stage, environment)));
    }
    return warnings;
  }

  /**
   * The warnings of one stage.
   *
   * @param environment the variables of its base
   */
  static List<Warning> lint(Dockerfile file, Stage stage, Set<String> environment) {
    Set<String> defined = new HashSet<>(environment);
    defined.add(PATH);
    VariableLint lint = new VariableLint(file.directives().escape(), defined);
    stage.instructions().forEach(lint::visit);
    return lint.warnings;
  }

  /** The names that each stage inherits; empty where an image has a say. */
  static List<Optional<Set<String>>> environments(Dockerfile file) {
    Map<String, Optional<Set<String>>> named = new HashMap<>();
    List<Optional<Set<String>>> environments = new ArrayList<>();
    for (Stage stage : file.stages()) {
      String image = stage.from().image();
      Optional<Set<String>> none =
          image.equals("scratch") ? Optional.of(Set.of()) : Optional.empty();
      Optional<Set<String>> before = named.getOrDefault(image.toLowerCase(Locale.ROOT), none);
      environments.add(before);
      stage.name().ifPresent(name -> named.put(name, before.map(names -> after(stage, names))));
    }
    return environments;
  }

  private static Set<String> after(Stage stage, Set<String> before) {
    Set<String> names = new HashSet<>();
    for (Instruction instruction : stage.instructions()) {
      if (instruction instanceof EnvInstruction env) {
        env.variables().forEach(pair -> names.add(pair.key()));
      } else if (instruction instanceof ArgInstruction arg) {
        arg.args().forEach(one -> names.add(one.name()));
      }
    }
    if (before.containsAll(names)) {
      return before;
    }
    names.addAll(before);
    return names;
  }

  /** The end of a message about a name that is not there. */
  static String suggestion(String name, Collection<String> names) {
    return Suggestions.nearest(name, names.stream().sorted().toList())
        .map(near -> "; did you mean " + near + "?")
        .orElse("");
  }

  private void visit(Instruction instruction) {
    if (instruction instanceof ArgInstruction arg) {
      for (Arg one : arg.args()) {
        check(new ArgInstruction(arg.source(), List.of(one)));
        defined.add(name(arg, one));
      }
      return;
    }
    check(instruction);
    if (instruction instanceof EnvInstruction env) {
      env.variables().forEach(pair -> defined.add(pair.key()));
    }
  }

  /** As it is without quotes. */
  private String name(ArgInstruction instruction, Arg arg) {
    try {
      return InstructionExpander.named(instruction, arg, new Probe(), escape).name();
    } catch (DockerfileException e) {
      return arg.name();
    }
  }

  private void check(Instruction instruction) {
    Probe probe = new Probe();
    try {
      InstructionExpander.expand(instruction, probe, escape);
    } catch (DockerfileException e) {
      // The values are not the real ones; the build reports what is wrong with those.
    }
    probe.asked.removeAll(defined);
    for (String name : probe.asked) {
      warnings.add(
          new Warning(
              LintRule.UNDEFINED_VAR,
              "the variable $" + name + " is not defined" + suggestion(name, defined),
              instruction.range()));
    }
  }

  /** Has every variable, with a value that is a valid mode, port and signal. */
  private static final class Probe implements Variables {

    private final Set<String> asked = new LinkedHashSet<>();

    @Override
    public Optional<String> get(String name) {
      asked.add(name);
      return Optional.of("1");
    }

    @Override
    public Optional<String> getOrAlternative(String name) {
      return Optional.of("1");
    }
  }
}
