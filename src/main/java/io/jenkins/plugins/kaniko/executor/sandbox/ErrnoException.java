package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;

/** A system call that failed, or is to fail, with the number of an error. */
final class ErrnoException extends IOException {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EACCES = 13;

  private static final long serialVersionUID = 1;

  private final int number;

  ErrnoException(int number) {
    super("error " + number);
    this.number = number;
  }

  int number() {
    return number;
  }

  /** The result of a call that has succeeded. */
  static long check(long result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException((int) -result);
    }
    return result;
  }
}
