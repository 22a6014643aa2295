package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads HEALTHCHECK. */
final class HealthcheckParser {

  static final Map<String, Flags.Kind> FLAGS =
      Map.of(
          "interval", Flags.Kind.VALUE,
          "timeout", Flags.Kind.VALUE,
          "start-period", Flags.Kind.VALUE,
          "start-interval", Flags.Kind.VALUE,
          "retries", Flags.Kind.VALUE);
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private HealthcheckParser() {}

  static HealthcheckInstruction parse(Statement statement) throws DockerfileException {
    Flags flags = Flags.parse(statement, FLAGS);
    Chars.Head head = Chars.head(statement.args().text());
    Optional<CommandLine> command = Optional.empty();
    switch (head.word().toUpperCase(Locale.ROOT)) {
      case "NONE" -> {
        if (!head.rest().isEmpty()) {
          throw statement.error("HEALTHCHECK NONE takes no arguments");
        }
      }
      case "CMD" -> command = Optional.of(command(statement, head.rest()));
      case "" -> throw statement.error("HEALTHCHECK requires CMD and a command, or NONE");
      default ->
          throw statement
              .error(
                  statement.args().at(),
                  "unknown type \"" + head.word() + "\" of HEALTHCHECK, it is CMD or NONE")
              .suggesting(Suggestions.nearest(head.word(), List.of("CMD", "NONE")));
    }
    return new HealthcheckInstruction(
        statement.source().withUsedFlags(flags.used()),
        command,
        duration(flags, "interval"),
        duration(flags, "timeout"),
        duration(flags, "start-period"),
        duration(flags, "start-interval"),
        retries(flags));
  }

  private static CommandLine command(Statement statement, String rest) throws DockerfileException {
    Optional<JsonArray> json = statement.tail(rest).json();
    if (rest.isEmpty() || (json.isPresent() && json.get().elements().isEmpty())) {
      throw statement.error("HEALTHCHECK CMD has no command");
    }
    return json.map(array -> new CommandLine(false, array.elements(), List.of()))
        .orElseGet(() -> new CommandLine(true, List.of(rest), List.of()));
  }

  private static Optional<Duration> duration(Flags flags, String name) throws DockerfileException {
    Optional<String> text = flags.value(name).filter(value -> !value.isEmpty());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Duration duration =
        GoDuration.parse(text.get())
            .orElseThrow(
                () ->
                    flags.error(
                        name,
                        "--"
                            + name
                            + "="
                            + text.get()
                            + " is no duration; write it like 30s or 1m30s"));
    if (!duration.isZero() && duration.compareTo(SHORTEST) < 0) {
      throw flags.error(name, "--" + name + "=" + text.get() + " is shorter than 1ms");
    }
    return Optional.of(duration).filter(value -> !value.isZero());
  }

  private static OptionalInt retries(Flags flags) throws DockerfileException {
    Optional<String> text = flags.value("retries").filter(value -> !value.isEmpty());
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      int retries = Integer.parseInt(text.get());
      if (retries >= 0) {
        return retries == 0 ? OptionalInt.empty() : OptionalInt.of(retries);
      }
    } catch (NumberFormatException e) {
      throw flags.error(
          "retries", "--retries=" + text.get() + " is no number; give a count such as 3");
    }
    throw flags.error(
        "retries", "--retries=" + text.get() + " is negative; give a count such as 3");
  }
}
