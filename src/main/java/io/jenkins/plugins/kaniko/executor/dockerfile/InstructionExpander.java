package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Knows which fields of which instruction expand variables: those of ADD, ARG, COPY, ENV, EXPOSE,
 * FROM, LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR, and the mounts of RUN; never a command, which
 * is the shell's to expand, and never ONBUILD, whose instruction is expanded when it triggers.
 */
public final class InstructionExpander {

  private final Expander expander;
  private final Variables variables;

  private InstructionExpander(Expander expander, Variables variables) {
    this.expander = expander;
    this.variables = variables;
  }

  /**
   * The same instruction with its fields expanded. Every field sees the variables before the
   * instruction, so {@code ENV a=1 b=$a} gives b the older a; only ARG goes name by name, so {@code
   * ARG a=1 b=$a} gives b 1, unless the caller has another a and expands each on its own. Signals,
   * ports, modes and mounts are validated, as they are only known now.
   *
   * @param instruction what the parser gave; expanding twice is not the same as once
   * @param variables the ARG and ENV values before the instruction; for FROM the global ARGs
   * @param escape the escape character of the Dockerfile
   * @throws DockerfileException with the instruction's place
   */
  public static Instruction expand(Instruction instruction, Variables variables, char escape)
      throws DockerfileException {
    try {
      return new InstructionExpander(new Expander(escape), variables).expand(instruction);
    } catch (DockerfileException e) {
      throw e.at(instruction.source());
    }
  }

  /**
   * The same declaration with the name that it declares: that may contain quotes and variables. The
   * default is left as it is, as it does not count where a value is given.
   *
   * @param instruction where it stands
   */
  public static Arg named(ArgInstruction instruction, Arg arg, Variables variables, char escape)
      throws DockerfileException {
    try {
      return new Arg(new Expander(escape).expandWord(arg.name(), variables), arg.defaultValue());
    } catch (DockerfileException e) {
      throw e.at(instruction.source());
    }
  }

  private Instruction expand(Instruction instruction) throws DockerfileException {
    Source source = instruction.source();
    if (instruction instanceof FromInstruction from) {
      return from(from);
    }
    if (instruction instanceof RunInstruction run) {
      List<Mount> mounts = new ArrayList<>();
      for (Mount mount : run.mounts()) {
        mounts.add(MountParser.expand(mount, this::word));
      }
      return new RunInstruction(
          source, run.command(), mounts, run.network(), run.security(), run.devices());
    }
    if (instruction instanceof CopyInstruction copy) {
      return new CopyInstruction(source, transfer(copy.transfer()), copy.from(), copy.parents());
    }
    if (instruction instanceof AddInstruction add) {
      return new AddInstruction(
          source,
          transfer(add.transfer()),
          word(add.checksum()).filter(sum -> !sum.isEmpty()),
          add.keepGitDir(),
          add.unpack());
    }
    if (instruction instanceof EnvInstruction env) {
      return new EnvInstruction(source, pairs(env.variables()));
    }
    if (instruction instanceof LabelInstruction label) {
      return new LabelInstruction(source, pairs(label.labels()));
    }
    if (instruction instanceof ArgInstruction arg) {
      return new ArgInstruction(source, args(arg.args()));
    }
    if (instruction instanceof WorkdirInstruction workdir) {
      return new WorkdirInstruction(source, word(workdir.path()));
    }
    if (instruction instanceof UserInstruction user) {
      return new UserInstruction(source, word(user.user()));
    }
    if (instruction instanceof VolumeInstruction volume) {
      return new VolumeInstruction(source, volumes(volume.paths()));
    }
    if (instruction instanceof ExposeInstruction expose) {
      return new ExposeInstruction(source, ports(expose.ports()));
    }
    if (instruction instanceof StopSignalInstruction stop) {
      String signal = word(stop.signal());
      FieldSyntax.checkSignal(signal);
      return new StopSignalInstruction(source, signal);
    }
    return instruction;
  }

  private FromInstruction from(FromInstruction from) throws DockerfileException {
    String image = word(from.image());
    if (image.isBlank()) {
      throw new DockerfileException(
          "the image "
              + from.image()
              + " is empty after expansion; give its ARG, which must stand"
              + " before the first FROM, a default or a --build-arg");
    }
    Optional<String> platform = word(from.platform()).filter(value -> !value.isBlank());
    return new FromInstruction(from.source(), image, platform, from.name());
  }

  private Transfer transfer(Transfer transfer) throws DockerfileException {
    List<Heredoc> heredocs = new ArrayList<>();
    for (Heredoc heredoc : transfer.heredocs()) {
      String text = heredoc.text();
      heredocs.add(
          heredoc.resolved(heredoc.expand() ? expander.expandHeredoc(text, variables) : text));
    }
    // What expands to nothing is as good as absent: --chmod=$MODE.
    Optional<String> chmod = word(transfer.chmod()).filter(mode -> !mode.isEmpty());
    if (chmod.isPresent()) {
      FieldSyntax.checkMode(chmod.get());
    }
    return new Transfer(
        words(transfer.sources()),
        heredocs,
        word(transfer.destination()),
        word(transfer.chown()).filter(owner -> !owner.isEmpty()),
        chmod,
        transfer.link(),
        words(transfer.exclude()));
  }

  private List<KeyValue> pairs(List<KeyValue> pairs) throws DockerfileException {
    List<KeyValue> expanded = new ArrayList<>();
    for (KeyValue pair : pairs) {
      String key = word(pair.key());
      if (key.isEmpty()) {
        throw new DockerfileException("the name " + pair.key() + " is empty after expansion");
      }
      expanded.add(new KeyValue(key, word(pair.value())));
    }
    return expanded;
  }

  private List<Arg> args(List<Arg> args) throws DockerfileException {
    Map<String, String> earlier = new HashMap<>();
    Variables visible = Variables.overlay(earlier, variables);
    List<Arg> expanded = new ArrayList<>();
    for (Arg arg : args) {
      String name = expander.expandWord(arg.name(), visible);
      Optional<String> value = Optional.empty();
      if (arg.defaultValue().isPresent()) {
        value = Optional.of(expander.expandWord(arg.defaultValue().get(), visible));
        earlier.put(name, value.get());
      }
      expanded.add(new Arg(name, value));
    }
    return expanded;
  }

  private List<String> volumes(List<String> paths) throws DockerfileException {
    List<String> expanded = words(paths);
    int empty = expanded.indexOf("");
    if (empty >= 0) {
      throw new DockerfileException("the volume " + paths.get(empty) + " is empty after expansion");
    }
    return expanded;
  }

  private List<String> ports(List<String> ports) throws DockerfileException {
    List<String> expanded = new ArrayList<>();
    for (String port : ports) {
      for (String one : expander.expandWords(port, variables)) {
        PortSpec.parse(one);
        expanded.add(one);
      }
    }
    return expanded;
  }

  private String word(String word) throws DockerfileException {
    return expander.expandWord(word, variables);
  }

  private Optional<String> word(Optional<String> word) throws DockerfileException {
    return word.isEmpty() ? word : Optional.of(word(word.get()));
  }

  private List<String> words(List<String> words) throws DockerfileException {
    List<String> expanded = new ArrayList<>();
    for (String word : words) {
      expanded.add(word(word));
    }
    return expanded;
  }
}
