package io.jenkins.plugins.kaniko.executor.dockerfile;

import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction.Network;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction.Security;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads RUN, and the command lines of CMD and ENTRYPOINT. */
final class RunParser {

  static final Map<String, Flags.Kind> FLAGS =
      Map.of(
          "mount", Flags.Kind.REPEATED,
          "network", Flags.Kind.CHOICE,
          "security", Flags.Kind.CHOICE,
          "device", Flags.Kind.REPEATED);

  private RunParser() {}

  static RunInstruction run(Statement statement) throws DockerfileException {
    Flags flags = Flags.parse(statement, FLAGS);
    List<Mount> mounts = new ArrayList<>();
    List<Device> devices = new ArrayList<>();
    for (Token mount : flags.all("mount")) {
      try {
        mounts.add(MountParser.parse(mount.text()));
      } catch (DockerfileException e) {
        throw e.at(statement.place(mount.at()));
      }
    }
    for (Token device : flags.all("device")) {
      try {
        devices.add(device(device.text()));
      } catch (DockerfileException e) {
        throw e.at(statement.place(device.at()));
      }
    }
    CommandLine command = commandLine(statement);
    if (command.arguments().isEmpty()) {
      throw statement.error(statement.args().at(), "RUN [] has no command; name one, or drop it");
    }
    return new RunInstruction(
        statement.source().withUsedFlags(used(flags, mounts)),
        command,
        mounts,
        choice(flags, "network", Network.class, Network.DEFAULT),
        choice(flags, "security", Security.class, Security.SANDBOX),
        devices);
  }

  /** The command of RUN, CMD or ENTRYPOINT: the JSON form, or one string for the shell. */
  static CommandLine commandLine(Statement statement) throws DockerfileException {
    Optional<JsonArray> json = statement.json();
    return json.isPresent()
        ? new CommandLine(false, json.get().elements(), List.of())
        : new CommandLine(true, List.of(statement.args().text()), statement.heredocs());
  }

  private static List<String> used(Flags flags, List<Mount> mounts) {
    Iterator<Mount> mount = mounts.iterator();
    return flags.used().stream()
        .map(
            flag ->
                flag.equals("--mount")
                    ? "--mount=type=" + mount.next().type().name().toLowerCase(Locale.ROOT)
                    : flag)
        .toList();
  }

  private static <E extends Enum<E>> E choice(Flags flags, String name, Class<E> type, E standard)
      throws DockerfileException {
    Optional<String> value = flags.value(name);
    if (value.isEmpty()) {
      return standard;
    }
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String constantName = constant.name().toLowerCase(Locale.ROOT);
      if (constantName.equals(value.get())) {
        return constant;
      }
      names.add(constantName);
    }
    throw flags
        .error(name, "--" + name + "=" + value.get() + " is none of " + String.join(", ", names))
        .suggesting(Suggestions.nearest(value.get(), names));
  }

  private static Device device(String text) throws DockerfileException {
    String name = null;
    boolean required = false;
    for (String field : Csv.fields(text)) {
      if (field.equals("required") || field.equals("required=true")) {
        required = true;
      } else if (field.startsWith("name=")) {
        name = field.substring("name=".length());
      } else if (name == null && !field.startsWith("required")) {
        name = field;
      } else if (!field.equals("required=false")) {
        throw new DockerfileException("--device=" + text + ": unknown option \"" + field + "\"");
      }
    }
    if (name == null || name.isEmpty()) {
      throw new DockerfileException("--device=" + text + " names no device");
    }
    return new Device(name, required);
  }
}
