package io.jenkins.plugins.kaniko.executor.sandbox;

import com.sun.jna.Native;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * System calls by number. Made like this, those that change ids change them for this thread alone;
 * the C library's functions would do so for the whole process.
 */
enum SystemCall {
  CLOSE(3, 57),
  IOCTL(16, 29),
  PWRITE(18, 68),
  FCNTL(72, 25),
  SETRESUID(117, 147),
  SETRESGID(119, 149),
  SETFSUID(122, 151),
  SETFSGID(123, 152),
  PRCTL(157, 167),
  SECCOMP(317, 277),
  PROCESS_VM_READV(310, 270),
  PROCESS_VM_WRITEV(311, 271),
  MEMFD_CREATE(319, 279),
  OPEN(2, -1),
  OPENAT(257, 56),
  STAT(4, -1),
  LSTAT(6, -1),
  NEWFSTATAT(262, 79),
  STATX(332, 291),
  ACCESS(21, -1),
  FACCESSAT(269, 48),
  FACCESSAT2(439, 439),
  READLINK(89, -1),
  READLINKAT(267, 78);

  private static final boolean X86_64 = System.getProperty("os.arch").equals("amd64");
  private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");

  static final int AT_FDCWD = -100;

  /** Of struct stat. */
  static final int STAT_BYTES = X86_64 ? 144 : 128;

  private final int onX86;
  private final int onArm;

  SystemCall(int onX86, int onArm) {
    this.onX86 = onX86;
    this.onArm = onArm;
  }

  /** Its number on this machine, which is one of those that are known; -1 when it has none. */
  int number() {
    return X86_64 ? onX86 : onArm;
  }

  /** The number of this architecture in linux/audit.h, or empty when no call is known for it. */
  static Optional<Integer> architecture() {
    return X86_64 ? Optional.of(0xc000003e) : AARCH64 ? Optional.of(0xc00000b7) : Optional.empty();
  }

  /** Those that take a path and look it up, but for the ones that change what is there. */
  static List<SystemCall> lookups() {
    return Stream.of(values())
        .filter(call -> call.compareTo(OPEN) >= 0 && call.number() >= 0)
        .toList();
  }

  /** Whether its first argument is the directory that a path is relative to. */
  boolean takesDirectory() {
    return switch (this) {
      case OPENAT, NEWFSTATAT, STATX, FACCESSAT, FACCESSAT2, READLINKAT -> true;
      default -> false;
    };
  }

  /** Its result, or the number of an error, negative. */
  long invoke(long... arguments) {
    long[] all = java.util.Arrays.copyOf(arguments, 6);
    long result = Library.syscall(number(), all[0], all[1], all[2], all[3], all[4], all[5]);
    return result == -1 ? -Native.getLastError() : result;
  }

  /** Loads JNA when it is first used. */
  private static final class Library {
    static {
      Native.register(Library.class, "c");
    }

    private Library() {}

    static native long syscall(long number, long a, long b, long c, long d, long e, long f);
  }
}
