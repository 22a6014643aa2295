package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Gathers an {@link Outline}. */
final class OutlineReader {

  private static final String DEFAULT_AGENT = "default";

  private final Dockerfile file;
  private final Map<String, String> buildArgs;

  /** The values of the global scope, and the arguments that are declared in it. */
  private final Map<String, String> globals = new HashMap<>(FromLint.PLATFORM);

  private final Map<String, Outline.Argument> globalArgs = new LinkedHashMap<>();

  /** The global arguments that the default of a global argument uses. */
  private final Map<String, Set<String>> uses = new HashMap<>();

  /** The variables at the end of each stage: those that start from it have them too. */
  private final Map<Integer, Map<String, String>> inherited = new HashMap<>();

  private final Set<String> usedGlobals = new HashSet<>();
  private final List<Outline.Argument> args = new ArrayList<>();
  private final Map<String, Outline.Needed> secrets = new LinkedHashMap<>();
  private final Map<String, Outline.Needed> ssh = new LinkedHashMap<>();
  private final Map<String, Outline.Cache> caches = new LinkedHashMap<>();

  OutlineReader(Dockerfile file, Map<String, String> buildArgs) {
    this.file = file;
    this.buildArgs = buildArgs;
    globals.replaceAll(buildArgs::getOrDefault);
  }

  Outline read(Stage target) throws DockerfileException {
    declareGlobals();
    for (Stage stage : needed(target)) {
      visit(stage);
    }
    Deque<String> open = new ArrayDeque<>(usedGlobals);
    while (!open.isEmpty()) {
      for (String name : uses.getOrDefault(open.pop(), Set.of())) {
        if (usedGlobals.add(name)) {
          open.push(name);
        }
      }
    }
    globalArgs.keySet().retainAll(usedGlobals);
    args.addAll(globalArgs.values());
    args.sort(Comparator.comparingInt(arg -> arg.range().startLine()));
    return new Outline(
        Outline.target(file, target),
        args,
        List.copyOf(secrets.values()),
        List.copyOf(ssh.values()),
        List.copyOf(caches.values()));
  }

  private void declareGlobals() throws DockerfileException {
    for (ArgInstruction instruction : file.globalArgs()) {
      for (Arg written : instruction.args()) {
        Arg arg = named(instruction, written, globals);
        Set<String> asked = new HashSet<>();
        Optional<String> value = value(instruction, arg, globals, asked);
        value.ifPresent(text -> globals.put(arg.name(), text));
        globalArgs.put(arg.name(), argument(instruction, arg, value));
        uses.put(arg.name(), asked);
      }
    }
  }

  /** The target and the stages that it needs, in the order of the file. */
  private List<Stage> needed(Stage target) throws DockerfileException {
    TreeSet<Integer> found = new TreeSet<>();
    Deque<Stage> open = new ArrayDeque<>(List.of(target));
    while (!open.isEmpty()) {
      Stage stage = open.pop();
      if (!found.add(stage.index())) {
        continue;
      }
      file.findStageByName(expand(stage.from()).image(), stage.index()).ifPresent(open::push);
      for (Instruction instruction : stage.instructions()) {
        for (String from : origins(instruction)) {
          file.findStage(from, stage.index()).ifPresent(open::push);
        }
      }
    }
    return found.stream().map(file.stages()::get).toList();
  }

  private FromInstruction expand(FromInstruction from) throws DockerfileException {
    Variables variables = Variables.recording(Variables.of(globals), usedGlobals::add);
    return (FromInstruction)
        InstructionExpander.expand(from, variables, file.directives().escape());
  }

  private static List<String> origins(Instruction instruction) {
    if (instruction instanceof CopyInstruction copy) {
      return copy.from().stream().toList();
    }
    if (instruction instanceof RunInstruction run) {
      return run.mounts().stream().flatMap(mount -> mount.from().stream()).toList();
    }
    return List.of();
  }

  private void visit(Stage stage) throws DockerfileException {
    Map<String, String> variables = new HashMap<>();
    file.findStageByName(expand(stage.from()).image(), stage.index())
        .ifPresent(parent -> variables.putAll(inherited.get(parent.index())));
    inherited.put(stage.index(), variables);
    for (Instruction instruction : stage.instructions()) {
      if (instruction instanceof ArgInstruction arg) {
        for (Arg one : arg.args()) {
          declare(arg, one, variables);
        }
      } else if (instruction instanceof EnvInstruction env) {
        EnvInstruction expanded =
            (EnvInstruction)
                InstructionExpander.expand(
                    env, Variables.of(variables), file.directives().escape());
        expanded.variables().forEach(pair -> variables.put(pair.key(), pair.value()));
      } else if (instruction instanceof RunInstruction run) {
        mounts(run, variables);
      }
    }
  }

  private Arg named(ArgInstruction instruction, Arg arg, Map<String, String> variables)
      throws DockerfileException {
    return InstructionExpander.named(
        instruction, arg, Variables.of(variables), file.directives().escape());
  }

  private void declare(ArgInstruction instruction, Arg written, Map<String, String> variables)
      throws DockerfileException {
    Arg arg = named(instruction, written, variables);
    String name = arg.name();
    if (arg.defaultValue().isEmpty() && globals.containsKey(name)) {
      usedGlobals.add(name);
      variables.put(name, globals.get(name));
      return;
    }
    Optional<String> value = value(instruction, arg, variables, new HashSet<>());
    value.ifPresent(text -> variables.put(name, text));
    if (!FromLint.PLATFORM.containsKey(name)) {
      args.add(argument(instruction, arg, value));
    }
  }

  private Optional<String> value(
      ArgInstruction instruction, Arg arg, Map<String, String> variables, Set<String> asked)
      throws DockerfileException {
    if (buildArgs.containsKey(arg.name())) {
      return Optional.of(buildArgs.get(arg.name()));
    }
    ArgInstruction single = new ArgInstruction(instruction.source(), List.of(arg));
    Variables visible = Variables.recording(Variables.of(variables), asked::add);
    ArgInstruction expanded =
        (ArgInstruction) InstructionExpander.expand(single, visible, file.directives().escape());
    return expanded.args().get(0).defaultValue();
  }

  private static Outline.Argument argument(
      ArgInstruction instruction, Arg arg, Optional<String> value) {
    return new Outline.Argument(
        arg.name(), value, instruction.source().describes(arg.name()), instruction.range());
  }

  private void mounts(RunInstruction run, Map<String, String> variables)
      throws DockerfileException {
    RunInstruction expanded =
        (RunInstruction)
            InstructionExpander.expand(run, Variables.of(variables), file.directives().escape());
    for (Mount mount : expanded.mounts()) {
      switch (mount.type()) {
        case SECRET -> need(secrets, secretId(mount), mount, run);
        case SSH -> need(ssh, mount.id().or(mount::source).orElse(DEFAULT_AGENT), mount, run);
        case CACHE -> {
          String id = mount.id().or(mount::target).orElseThrow();
          caches.putIfAbsent(id, new Outline.Cache(id, run.range()));
        }
        case BIND, TMPFS -> {
          // They need nothing from outside the file.
        }
      }
    }
  }

  /** A secret without an id is named after the file that it is mounted at. */
  private static String secretId(Mount mount) {
    return mount
        .id()
        .or(mount::source)
        .orElseGet(() -> mount.target().map(OutlineReader::fileName).orElse(""));
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void need(
      Map<String, Outline.Needed> needed, String id, Mount mount, RunInstruction run) {
    needed.merge(
        id,
        new Outline.Needed(id, mount.required(), run.range()),
        (first, second) ->
            new Outline.Needed(id, first.required() || second.required(), first.range()));
  }
}
