package io.jenkins.plugins.kaniko.executor.build;

/**
 * What {@code --chmod} does to the permission bits of a file (07777): an octal number sets them, a
 * symbolic mode changes them as chmod(1) does with an umask of 0. {@code X} looks at the bits that
 * the file had before.
 */
@FunctionalInterface
interface ModeChange {
  /** The new bits. */
  int apply(int before, boolean directory);

  /** The change that a mode means; its syntax has been checked. */
  static ModeChange parse(String text) {
    if (Character.isDigit(text.charAt(0))) {
      int bits = Integer.parseInt(text, 8);
      return (before, directory) -> bits;
    }
    return (before, directory) -> {
      int mode = before;
      for (String clause : text.split(",", -1)) {
        mode = clause(clause, mode, before, directory);
      }
      return mode;
    };
  }

  private static int clause(String clause, int current, int before, boolean directory) {
    int at = 0;
    int who = 0;
    while ("ugoa".indexOf(clause.charAt(at)) >= 0) {
      who |=
          switch (clause.charAt(at++)) {
            case 'u' -> 04700;
            case 'g' -> 02070;
            case 'o' -> 00007;
            default -> 06777;
          };
    }
    who = who == 0 ? 06777 : who;
    // "Others" have neither set-id bits nor the sticky bit.
    int reach = (who & 0770) != 0 ? who | 01000 : who;
    int mode = current;
    while (at < clause.length()) {
      char operator = clause.charAt(at++);
      int bits = 0;
      while (at < clause.length() && "+-=".indexOf(clause.charAt(at)) < 0) {
        bits |= permission(clause.charAt(at++), mode, directory || (before & 0111) != 0);
      }
      bits &= reach;
      mode =
          switch (operator) {
            case '+' -> mode | bits;
            case '-' -> mode & ~bits;
            default -> (mode & ~who) | bits;
          };
    }
    return mode;
  }

  private static int permission(char letter, int mode, boolean executable) {
    return switch (letter) {
      case 'r' -> 0444;
      case 'w' -> 0222;
      case 'x' -> 0111;
      case 'X' -> executable ? 0111 : 0;
      case 's' -> 06000;
      case 't' -> 01000;
      case 'u' -> 0111 * (mode >> 6 & 7);
      case 'g' -> 0111 * (mode >> 3 & 7);
      default -> 0111 * (mode & 7);
    };
  }
}
