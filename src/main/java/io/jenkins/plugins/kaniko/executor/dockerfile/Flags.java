package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The flags of one instruction, checked against those that it has. */
final class Flags {

  /** What a flag takes. */
  enum Kind {
    /** Nothing, {@code =true} or {@code =false}; once. */
    BOOLEAN,
    /** A value; once. */
    VALUE,
    /** A value out of a few; once. Shown with its value. */
    CHOICE,
    /** A value; any number of times. */
    REPEATED
  }

  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final List<String> used = new ArrayList<>();

  private Flags() {}

  /** Reads the flags of a statement whose instruction has the given ones. */
  static Flags parse(Statement statement, Map<String, Kind> known) throws DockerfileException {
    Flags flags = new Flags();
    for (String word : statement.flags()) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
      Kind kind = known.get(name);
      if (kind == null) {
        throw statement
            .error("unknown flag --" + name + " of " + statement.keyword())
            .suggesting(Suggestions.nearest(name, known.keySet()).map(near -> "--" + near));
      }
      if (flags.values.containsKey(name) && kind != Kind.REPEATED) {
        throw statement.error("flag --" + name + " is given twice; keep one");
      }
      String value = equals < 0 ? null : word.substring(equals + 1);
      flags.add(name, kind == Kind.BOOLEAN ? bool(statement, name, value) : value, kind, statement);
    }
    return flags;
  }

  /** Refuses any flag. */
  static void none(Statement statement) throws DockerfileException {
    parse(statement, Map.of());
  }

  private void add(String name, String value, Kind kind, Statement statement)
      throws DockerfileException {
    if (value == null) {
      throw statement.error("flag --" + name + " needs a value: --" + name + "=<value>");
    }
    values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    boolean plain = kind == Kind.VALUE || kind == Kind.REPEATED || value.equals("true");
    used.add("--" + name + (plain ? "" : "=" + value));
  }

  private static String bool(Statement statement, String name, String value)
      throws DockerfileException {
    String lower = value == null ? "true" : value.toLowerCase(Locale.ROOT);
    if (!lower.equals("true") && !lower.equals("false")) {
      throw statement.error("flag --" + name + " takes true or false, not \"" + value + "\"");
    }
    return lower;
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name)).map(list -> list.get(0));
  }

  Optional<Boolean> bool(String name) {
    return value(name).map(Boolean::valueOf);
  }

  List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** The flags in source order, in the form of {@link Instruction#usedFlags()}. */
  List<String> used() {
    return used;
  }
}
