package io.jenkins.plugins.kaniko.executor.cli;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/**
 * One flag of a program of kaniko's, and what becomes of it here.
 *
 * @param names the one in use, then a short one and those that kaniko calls deprecated
 * @param shape of an accepted flag; what an implemented one looks like is said where it is read
 * @param reason why an accepted flag has nothing to do, what to use in place of one that is
 *     refused, or what to know of one that is implemented
 */
record KanikoFlag(List<String> names, Shape shape, Fate fate, String reason) {
  /** How a flag is written. */
  enum Shape {
    /** {@code --flag} or {@code --flag=BOOL}. */
    SWITCH,
    /** {@code --flag VALUE}. */
    VALUE
  }

  /** What becomes of a flag. */
  enum Fate {
    /** It does what it does in kaniko. */
    IMPLEMENTED,
    /** It may be given, and a note says why it changes nothing. */
    ACCEPTED,
    /** It is an error that says what to use: without it another image would be built. */
    REFUSED
  }

  static KanikoFlag implemented(String names, String remark) {
    return new KanikoFlag(List.of(names.split(" ")), Shape.VALUE, Fate.IMPLEMENTED, remark);
  }

  static KanikoFlag acceptedSwitch(String names, String reason) {
    return new KanikoFlag(List.of(names.split(" ")), Shape.SWITCH, Fate.ACCEPTED, reason);
  }

  static KanikoFlag acceptedValue(String names, String reason) {
    return new KanikoFlag(List.of(names.split(" ")), Shape.VALUE, Fate.ACCEPTED, reason);
  }

  static KanikoFlag refused(String names, String advice) {
    return new KanikoFlag(List.of(names.split(" ")), Shape.VALUE, Fate.REFUSED, advice);
  }

  String name() {
    return names.get(0);
  }

  /** As picocli reads an accepted flag. */
  OptionSpec option() {
    String[] spellings = names.toArray(String[]::new);
    String description = "Accepted: " + reason;
    return shape == Shape.SWITCH
        ? Flags.flag(description, spellings)
        : Flags.one("VALUE", description, spellings);
  }
}
