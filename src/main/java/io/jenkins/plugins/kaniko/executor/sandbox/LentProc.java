package io.jenkins.plugins.kaniko.executor.sandbox;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.jenkins.plugins.kaniko.executor.sandbox.SystemCallFilter.Section;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Starts processes that find a /proc in a root where none is mounted: their calls that look up
 * paths wait for a {@link ProcSupervisor}. Setuid programs are without effect in them
 * (no_new_privs), since the kernel asks for that, or CAP_SYS_ADMIN.
 */
final class LentProc implements AutoCloseable {
  private static final long NOT_YET = Long.MIN_VALUE;
  private static final int SECCOMP_SET_MODE_FILTER = 1;
  private static final int SPEC_ALLOW = 1 << 2;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int NEW_LISTENER = 1 << 3;

  /** A signal does not take a call back that the supervisor has begun with; Linux 5.19. */
  private static final int WAIT_KILLABLE_RECV = 1 << 5;

  private static final int RETURN_USER_NOTIF = 0x7fc00000;

  private final FilteredThread starter;
  private final ProcSupervisor supervisor;

  private LentProc(FilteredThread starter, ProcSupervisor supervisor) {
    this.starter = starter;
    this.supervisor = supervisor;
  }

  /**
   * @throws IOException when it cannot be had here
   */
  static LentProc open() throws IOException, InterruptedException {
    if (SystemCall.architecture().isEmpty()) {
      throw new IOException("it is not known for " + System.getProperty("os.arch"));
    }
    AtomicLong listener = new AtomicLong(NOT_YET);
    FilteredThread starter = new FilteredThread(() -> install(listener));
    try {
      // Whatever the other thread opens from now on, a class to load perhaps, waits for the
      // supervisor. So it cannot be the one that tells when it is ready.
      while (listener.get() == NOT_YET) {
        Thread.sleep(1);
      }
      if (listener.get() < 0) {
        throw new IOException(
            "the kernel refuses to tell of system calls (error %d)".formatted(-listener.get()));
      }
      ProcSupervisor supervisor = new ProcSupervisor((int) listener.get());
      Thread thread = new Thread(supervisor, "lender of /proc");
      thread.setDaemon(true);
      thread.start();
      return new LentProc(starter, supervisor);
    } catch (IOException | InterruptedException e) {
      starter.close();
      throw e;
    }
  }

  Process start(ProcessBuilder builder) throws IOException {
    return starter.start(builder);
  }

  @Override
  public void close() {
    supervisor.close();
    starter.close();
  }

  private static Void install(AtomicLong listener) {
    try {
      byte[] program = program();
      try (Memory instructions = new Memory(program.length);
          Memory filter = new Memory(2L * Native.POINTER_SIZE)) {
        instructions.write(0, program, 0, program.length);
        filter.setShort(0, (short) (program.length / SystemCallFilter.INSTRUCTION_BYTES));
        filter.setPointer(Native.POINTER_SIZE, instructions);
        SystemCall.PRCTL.invoke(PR_SET_NO_NEW_PRIVS, 1);
        long result = install(filter, WAIT_KILLABLE_RECV);
        if (result < 0) {
          result = install(filter, 0);
        }
        listener.set(result);
      }
    } finally {
      listener.compareAndSet(NOT_YET, NOT_YET + 1);
    }
    return null;
  }

  private static long install(Memory filter, int flags) {
    return SystemCall.SECCOMP.invoke(
        SECCOMP_SET_MODE_FILTER, SPEC_ALLOW | NEW_LISTENER | flags, Pointer.nativeValue(filter));
  }

  /**
   * As an array of struct sock_filter. A path below a directory that is open already is not looked
   * at: none that is lent leads to more of /proc.
   */
  static byte[] program() {
    List<SystemCall> lookups = SystemCall.lookups();
    int allowed = lookups.size() + 7;
    Section out = new Section(allowed + 1);
    out.add(SystemCallFilter.LOAD, SystemCallFilter.ARCHITECTURE);
    out.otherwise(SystemCallFilter.IF_EQUAL, SystemCall.architecture().orElseThrow(), allowed);
    out.add(SystemCallFilter.LOAD, SystemCallFilter.NUMBER);
    for (SystemCall call : lookups) {
      int place = call.takesDirectory() ? allowed - 3 : allowed - 1;
      out.jump(SystemCallFilter.IF_EQUAL, call.number(), place);
    }
    out.add(SystemCallFilter.RETURN, SystemCallFilter.RETURN_ALLOW);
    out.add(SystemCallFilter.LOAD, SystemCallFilter.argument(0));
    out.otherwise(SystemCallFilter.IF_EQUAL, SystemCall.AT_FDCWD, allowed);
    out.add(SystemCallFilter.RETURN, RETURN_USER_NOTIF);
    out.add(SystemCallFilter.RETURN, SystemCallFilter.RETURN_ALLOW);
    return out.bytes();
  }
}
