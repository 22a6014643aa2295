package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes parsed instructions as a Dockerfile again, each on one line. */
final class Printer {

  private final char escape;

  private Printer(char escape) {
    this.escape = escape;
  }

  static String print(Dockerfile file) {
    Printer printer = new Printer(file.directives().escape());
    StringBuilder text = new StringBuilder("# escape=" + file.directives().escape() + "\n");
    file.globalArgs().forEach(arg -> text.append(printer.line(arg)));
    for (Stage stage : file.stages()) {
      text.append(printer.line(stage.from()));
      stage.instructions().forEach(instruction -> text.append(printer.line(instruction)));
    }
    return text.toString();
  }

  private String line(Instruction instruction) {
    StringBuilder text = new StringBuilder(instruction(instruction));
    // A no-break space is trimmed, but keeps the escape character from continuing the line.
    text.append(text.charAt(text.length() - 1) == escape ? "\u00a0\n" : "\n");
    Instruction inner =
        instruction instanceof OnbuildInstruction onbuild ? onbuild.instruction() : instruction;
    for (Heredoc heredoc : inner.heredocs()) {
      text.append(heredoc.content()).append(heredoc.name()).append('\n');
    }
    return text.toString();
  }

  private String instruction(Instruction instruction) {
    if (instruction instanceof OnbuildInstruction onbuild) {
      return "ONBUILD " + instruction(onbuild.instruction());
    }
    String keyword = instruction.keyword() + " ";
    if (instruction instanceof FromInstruction from) {
      return keyword
          + flag("platform", from.platform())
          + protect(from.image() + from.name().map(name -> " AS " + name).orElse(""));
    } else if (instruction instanceof RunInstruction run) {
      StringBuilder flags = new StringBuilder();
      run.mounts().forEach(mount -> flags.append(flag("mount", Optional.of(mount.text()))));
      for (Device device : run.devices()) {
        String name = csv("name=" + device.name());
        flags.append(flag("device", Optional.of(device.required() ? name + ",required" : name)));
      }
      flags.append(flag("network", Optional.of(lower(run.network()))));
      flags.append(flag("security", Optional.of(lower(run.security()))));
      return keyword + flags + command(run.command());
    } else if (instruction instanceof TransferInstruction transfer) {
      return keyword + flags(transfer) + arguments(transfer);
    } else if (instruction instanceof EnvInstruction env) {
      return keyword + pairs(env.variables());
    } else if (instruction instanceof LabelInstruction label) {
      return keyword + pairs(label.labels());
    } else if (instruction instanceof ArgInstruction arg) {
      List<String> words = new ArrayList<>();
      for (Arg one : arg.args()) {
        words.add(one.name() + one.defaultValue().map(value -> "=" + value).orElse(""));
      }
      return keyword + protect(String.join(" ", words));
    } else if (instruction instanceof WorkdirInstruction workdir) {
      return keyword + protect(workdir.path());
    } else if (instruction instanceof UserInstruction user) {
      return keyword + protect(user.user());
    } else if (instruction instanceof StopSignalInstruction stop) {
      return keyword + protect(stop.signal());
    } else if (instruction instanceof MaintainerInstruction maintainer) {
      return keyword + protect(maintainer.author());
    } else if (instruction instanceof ExposeInstruction expose) {
      return keyword + protect(String.join(" ", expose.ports()));
    } else if (instruction instanceof VolumeInstruction volume) {
      return keyword + json(volume.paths());
    } else if (instruction instanceof ShellInstruction shell) {
      return keyword + json(shell.shell());
    } else if (instruction instanceof CmdInstruction cmd) {
      return keyword + command(cmd.command());
    } else if (instruction instanceof EntrypointInstruction entrypoint) {
      return keyword + command(entrypoint.command());
    } else if (instruction instanceof HealthcheckInstruction check) {
      return keyword
          + flag("interval", check.interval().map(d -> d.toNanos() + "ns"))
          + flag("timeout", check.timeout().map(d -> d.toNanos() + "ns"))
          + flag("start-period", check.startPeriod().map(d -> d.toNanos() + "ns"))
          + flag("start-interval", check.startInterval().map(d -> d.toNanos() + "ns"))
          + (check.retries().isPresent() ? "--retries=" + check.retries().getAsInt() + " " : "")
          + check.command().map(command -> "CMD " + healthCommand(command)).orElse("NONE");
    }
    throw new AssertionError("no print for " + instruction);
  }

  private static String flags(TransferInstruction transfer) {
    StringBuilder flags = new StringBuilder();
    flags.append(flag("chown", transfer.chown())).append(flag("chmod", transfer.chmod()));
    transfer.exclude().forEach(pattern -> flags.append(flag("exclude", Optional.of(pattern))));
    flags.append(transfer.link() ? "--link " : "");
    if (transfer instanceof CopyInstruction copy) {
      flags.append(flag("from", copy.from())).append(copy.parents() ? "--parents " : "");
    } else if (transfer instanceof AddInstruction add) {
      flags
          .append(flag("checksum", add.checksum()))
          .append(flag("keep-git-dir", add.keepGitDir().map(String::valueOf)))
          .append(flag("unpack", add.unpack().map(String::valueOf)));
    }
    return flags.toString();
  }

  private static String arguments(TransferInstruction transfer) {
    List<String> words = new ArrayList<>();
    if (transfer.heredocs().isEmpty()) {
      words.addAll(transfer.sources());
      words.add(transfer.destination());
      return json(words);
    }
    for (Heredoc heredoc : transfer.heredocs()) {
      String descriptor = heredoc.fileDescriptor() == 0 ? "" : "" + heredoc.fileDescriptor();
      words.add(
          descriptor
              + (heredoc.chomp() ? "<<-" : "<<")
              + (heredoc.expand() ? heredoc.name() : quote(heredoc.name())));
    }
    // Behind the here-documents: a source may end with a backslash.
    words.addAll(transfer.sources());
    words.add(transfer.destination());
    return protect(String.join(" ", words));
  }

  private String pairs(List<KeyValue> pairs) {
    List<String> words = new ArrayList<>();
    for (KeyValue pair : pairs) {
      words.add(pair.key() + "=" + pair.value());
    }
    KeyValue first = pairs.get(0);
    List<Token> again = Pairs.words(new Token(words.get(0), 0), escape);
    boolean legacy =
        pairs.size() == 1
            && !first.value().isEmpty()
            && !(again.size() == 1 && again.get(0).text().equals(words.get(0)));
    // The first of two blanks may be escaped by the key.
    return protect(legacy ? first.key() + "  " + first.value() : String.join(" ", words));
  }

  private static String command(CommandLine command) {
    return command.shellForm() ? protect(command.arguments().get(0)) : json(command.arguments());
  }

  private static String healthCommand(CommandLine command) {
    return command.shellForm() ? command.arguments().get(0) : json(command.arguments());
  }

  /** Arguments that look like flags stand behind a word that ends these. */
  private static String protect(String arguments) {
    return arguments.startsWith("--") ? "-- " + arguments : arguments;
  }

  private static String flag(String name, Optional<String> value) {
    return value.map(text -> "--" + name + "=" + quote(text) + " ").orElse("");
  }

  private static String quote(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String csv(String field) {
    return "\"" + field.replace("\"", "\"\"") + "\"";
  }

  private static String json(List<String> elements) {
    List<String> quoted = new ArrayList<>();
    for (String element : elements) {
      StringBuilder text = new StringBuilder("\"");
      for (int i = 0; i < element.length(); i++) {
        char c = element.charAt(i);
        if (c < ' ' || c == '"' || c == '\\') {
          text.append(String.format("\\u%04x", (int) c));
        } else {
          text.append(c);
        }
      }
      quoted.add(text.append('"').toString());
    }
    return "[" + String.join(", ", quoted) + "]";
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
