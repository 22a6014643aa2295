package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes parsed instructions in the form of the {@code expected} files. */
final class Dump {

  private final StringBuilder out = new StringBuilder();

  private Dump() {}

  static String of(Dockerfile file) {
    Dump dump = new Dump();
    file.directives().syntax().ifPresent(syntax -> dump.line("syntax " + syntax));
    file.directives().check().ifPresent(check -> dump.line("check " + check.text()));
    if (file.directives().escape() != '\\') {
      dump.line("escape " + file.directives().escape());
    }
    file.globalArgs().forEach(dump::instruction);
    for (Stage stage : file.stages()) {
      dump.line("stage " + stage.index() + stage.name().map(name -> " " + name).orElse(""));
      dump.instruction(stage.from());
      stage.instructions().forEach(dump::instruction);
    }
    for (Warning warning : file.warnings()) {
      dump.line("warning " + warning.rule() + " " + warning.range().startLine());
    }
    return dump.out.toString();
  }

  static String of(Instruction instruction) {
    Dump dump = new Dump();
    dump.instruction(instruction);
    return dump.out.toString();
  }

  private void line(String line) {
    out.append(line).append('\n');
  }

  private void instruction(Instruction instruction) {
    SourceRange range = instruction.range();
    String lines =
        range.startLine() == range.endLine()
            ? "" + range.startLine()
            : range.startLine() + "-" + range.endLine();
    line(lines + " " + instruction.keyword() + fields(instruction));
    if (!instruction.usedFlags().isEmpty()) {
      line("  flags " + String.join(" ", instruction.usedFlags()));
    }
    for (Heredoc heredoc : instruction.heredocs()) {
      line(
          "  heredoc "
              + heredoc.name()
              + (heredoc.expand() ? " expand" : "")
              + (heredoc.chomp() ? " chomp" : "")
              + (heredoc.fileDescriptor() == 0 ? "" : " fd=" + heredoc.fileDescriptor())
              + " "
              + quote(heredoc.content()));
    }
    if (instruction instanceof OnbuildInstruction onbuild) {
      instruction(onbuild.instruction());
    }
  }

  private String fields(Instruction instruction) {
    if (instruction instanceof FromInstruction from) {
      return field("image", from.image())
          + field("platform", from.platform())
          + field("name", from.name());
    } else if (instruction instanceof RunInstruction run) {
      StringBuilder text = new StringBuilder(command(run.command()));
      run.mounts().forEach(mount -> text.append(mount(mount)));
      run.devices()
          .forEach(d -> text.append(field("device", d.name() + (d.required() ? "!" : ""))));
      if (run.network() != RunInstruction.Network.DEFAULT) {
        text.append(" network=").append(run.network());
      }
      if (run.security() != RunInstruction.Security.SANDBOX) {
        text.append(" security=").append(run.security());
      }
      return text.toString();
    } else if (instruction instanceof CopyInstruction copy) {
      return transfer(copy) + field("from", copy.from()) + flag("parents", copy.parents());
    } else if (instruction instanceof AddInstruction add) {
      return transfer(add)
          + field("checksum", add.checksum())
          + field("keep-git-dir", add.keepGitDir().map(String::valueOf))
          + field("unpack", add.unpack().map(String::valueOf));
    } else if (instruction instanceof EnvInstruction env) {
      return pairs(env.variables());
    } else if (instruction instanceof LabelInstruction label) {
      return pairs(label.labels());
    } else if (instruction instanceof ArgInstruction arg) {
      StringBuilder text = new StringBuilder();
      for (Arg one : arg.args()) {
        text.append(' ').append(one.name());
        one.defaultValue().ifPresent(value -> text.append('=').append(quote(value)));
      }
      return text.toString();
    } else if (instruction instanceof WorkdirInstruction workdir) {
      return " " + quote(workdir.path());
    } else if (instruction instanceof UserInstruction user) {
      return " " + quote(user.user());
    } else if (instruction instanceof ExposeInstruction expose) {
      return list(expose.ports());
    } else if (instruction instanceof VolumeInstruction volume) {
      return list(volume.paths());
    } else if (instruction instanceof CmdInstruction cmd) {
      return command(cmd.command());
    } else if (instruction instanceof EntrypointInstruction entrypoint) {
      return command(entrypoint.command());
    } else if (instruction instanceof ShellInstruction shell) {
      return list(shell.shell());
    } else if (instruction instanceof StopSignalInstruction stop) {
      return " " + quote(stop.signal());
    } else if (instruction instanceof HealthcheckInstruction check) {
      return check.command().map(Dump::command).orElse(" none")
          + field("interval", check.interval().map(String::valueOf))
          + field("timeout", check.timeout().map(String::valueOf))
          + field("start-period", check.startPeriod().map(String::valueOf))
          + field("start-interval", check.startInterval().map(String::valueOf))
          + (check.retries().isPresent() ? " retries=" + check.retries().getAsInt() : "");
    } else if (instruction instanceof OnbuildInstruction onbuild) {
      return " " + quote(onbuild.trigger());
    } else if (instruction instanceof MaintainerInstruction maintainer) {
      return " " + quote(maintainer.author());
    }
    throw new AssertionError("no dump for " + instruction);
  }

  private static String transfer(TransferInstruction transfer) {
    StringBuilder text = new StringBuilder(list(transfer.sources()));
    text.append(" -> ").append(quote(transfer.destination()));
    text.append(field("chown", transfer.chown())).append(field("chmod", transfer.chmod()));
    text.append(flag("link", transfer.link()));
    transfer.exclude().forEach(pattern -> text.append(field("exclude", pattern)));
    return text.toString();
  }

  private static String mount(Mount mount) {
    return " mount("
        + mount.type().name().toLowerCase(Locale.ROOT)
        + field("from", mount.from())
        + field("source", mount.source())
        + field("target", mount.target())
        + field("id", mount.id())
        + field("env", mount.env())
        + (mount.readOnly() ? " ro" : " rw")
        + flag("required", mount.required())
        + (mount.sharing() == Mount.Sharing.SHARED ? "" : " " + mount.sharing())
        + (mount.size().isPresent() ? " size=" + mount.size().getAsLong() : "")
        + (mount.mode().isPresent()
            ? " mode=" + Integer.toOctalString(mount.mode().getAsInt())
            : "")
        + (mount.uid().isPresent() ? " uid=" + mount.uid().getAsInt() : "")
        + (mount.gid().isPresent() ? " gid=" + mount.gid().getAsInt() : "")
        + ")";
  }

  private static String command(CommandLine command) {
    return (command.shellForm() ? " shell" : " exec") + list(command.arguments());
  }

  private static String pairs(List<KeyValue> pairs) {
    StringBuilder text = new StringBuilder();
    pairs.forEach(pair -> text.append(field(pair.key(), pair.value())));
    return text.toString();
  }

  private static String list(List<String> words) {
    StringBuilder text = new StringBuilder();
    words.forEach(word -> text.append(' ').append(quote(word)));
    return text.toString();
  }

  private static String field(String name, Optional<String> value) {
    return value.map(text -> field(name, text)).orElse("");
  }

  private static String field(String name, String value) {
    return " " + name + "=" + quote(value);
  }

  private static String flag(String name, boolean on) {
    return on ? " " + name : "";
  }

  /** Between brackets, so that quotes and backslashes stand as they are. */
  private static String quote(String text) {
    return "[" + text.replace("\r", "<CR>").replace("\n", "<LF>").replace("\t", "<TAB>") + "]";
  }
}
