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

  private final Map<String, List<Token>> values = new LinkedHashMap<>();
  private final List<String> used = new ArrayList<>();

  private final Statement statement;

  private Flags(Statement statement) {
    this.statement = statement;
  }

  /** Reads the flags of a statement whose instruction has the given ones. */
  static Flags parse(Statement statement, Map<String, Kind> known) throws DockerfileException {
    Flags flags = new Flags(statement);
    for (Token token : statement.flags()) {
      String word = token.text();
      int equals = word.indexOf('=');
      String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
      Kind kind = known.get(name);
      if (kind == null) {
        throw statement
            .error(token.at(), "unknown flag --" + name + " of " + statement.name())
            .suggesting(Suggestions.nearest(name, known.keySet()).map(near -> "--" + near));
      }
      if (flags.values.containsKey(name) && kind != Kind.REPEATED) {
        throw statement.error(token.at(), "flag --" + name + " is given twice; keep one");
      }
      String value = equals < 0 ? null : word.substring(equals + 1);
      flags.add(name, kind == Kind.BOOLEAN ? flags.bool(name, value, token) : value, kind, token);
    }
    return flags;
  }

  /** Refuses any flag. */
  static void none(Statement statement) throws DockerfileException {
    parse(statement, Map.of());
  }

  private void add(String name, String value, Kind kind, Token token) throws DockerfileException {
    if (value == null) {
      throw statement.error(
          token.at(), "flag --" + name + " needs a value: --" + name + "=<value>");
    }
    values.computeIfAbsent(name, key -> new ArrayList<>()).add(new Token(value, token.at()));
    boolean plain = kind == Kind.VALUE || kind == Kind.REPEATED || value.equals("true");
    used.add("--" + name + (plain ? "" : "=" + value));
  }

  private String bool(String name, String value, Token token) throws DockerfileException {
    String lower = value == null ? "true" : value.toLowerCase(Locale.ROOT);
    if (!lower.equals("true") && !lower.equals("false")) {
      throw statement
          .error(token.at(), "flag --" + name + " takes true or false, not \"" + value + "\"")
          .suggesting(Suggestions.nearest(lower, List.of("true", "false")));
    }
    return lower;
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name)).map(list -> list.get(0).text());
  }

  Optional<Boolean> bool(String name) {
    return value(name).map(Boolean::valueOf);
  }

  /** The values of a flag that may be repeated; each knows where its flag begins. */
  List<Token> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** An error in the value of a flag that was given. */
  DockerfileException error(String name, String detail) {
    return statement.error(values.get(name).get(0).at(), detail);
  }

  /** The flags in source order, in the form of {@link Instruction#usedFlags()}. */
  List<String> used() {
    return used;
  }
}
