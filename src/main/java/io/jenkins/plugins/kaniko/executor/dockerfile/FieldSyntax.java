package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The syntax of fields that can only be checked once they are expanded. */
final class FieldSyntax {

  private static final Pattern OCTAL_MODE = Pattern.compile("[0-7]{1,5}");
  private static final int MAX_MODE = 07777;
  private static final int LONGEST_MODE = 200;
  private static final Pattern SYMBOLIC_MODE =
      Pattern.compile(
          "[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*");
  private static final Pattern SIGNAL_NUMBER = Pattern.compile("[0-9]{1,3}");
  private static final int MAX_SIGNAL = 64;
  private static final Pattern REAL_TIME_SIGNAL =
      Pattern.compile("RTMIN(?:\\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?");

  /** The signals of Linux, without SIG. */
  private static final List<String> SIGNALS =
      List.of(
          "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
          "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
          "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ");

  private FieldSyntax() {}

  static void checkSignal(String signal) throws DockerfileException {
    if (SIGNAL_NUMBER.matcher(signal).matches()) {
      int number = Integer.parseInt(signal);
      if (number < 1 || number > MAX_SIGNAL) {
        throw new DockerfileException(
            "signal number " + signal + " is not between 1 and " + MAX_SIGNAL);
      }
      return;
    }
    String upper = signal.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("SIG") ? upper.substring("SIG".length()) : upper;
    if (!SIGNALS.contains(name) && !REAL_TIME_SIGNAL.matcher(name).matches()) {
      throw new DockerfileException("unknown signal \"" + signal + "\"")
          .suggesting(Suggestions.nearest(name, SIGNALS).map(near -> "SIG" + near));
    }
  }

  static void checkMode(String mode) throws DockerfileException {
    boolean octal = OCTAL_MODE.matcher(mode).matches() && Integer.parseInt(mode, 8) <= MAX_MODE;
    if (!octal && !isSymbolic(mode)) {
      throw new DockerfileException(
          "--chmod=" + excerpt(mode) + " is no mode; write it like 0755 or u=rwX,go=rX");
    }
  }

  /** The length is limited because the pattern needs a stack that grows with the text. */
  private static boolean isSymbolic(String mode) {
    return mode.length() <= LONGEST_MODE && SYMBOLIC_MODE.matcher(mode).matches();
  }

  private static String excerpt(String mode) {
    return mode.length() <= LONGEST_MODE ? mode : mode.substring(0, LONGEST_MODE) + "...";
  }
}
