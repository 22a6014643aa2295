package io.jenkins.plugins.kaniko.executor.sandbox;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts processes that are under a filter of system calls, and can never leave it. The kernel
 * keeps a filter for each thread and hands it on to what that thread starts; so one thread of the
 * executor carries it, and the executor itself stays free.
 */
final class FilteredThread implements AutoCloseable {
  private static final int SECCOMP_SET_MODE_FILTER = 1;

  /** Without it kernels before 5.16 make every filtered process slower. */
  private static final int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4;

  /** The number of seccomp(2) by {@code os.arch}. */
  private static final Map<String, Integer> NUMBERS =
      Map.of(
          "amd64", 317, "x86", 354, "i386", 354, "aarch64", 277, "arm", 383, "riscv64", 277,
          "ppc64le", 358, "s390x", 348);

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "starter of commands");
            made.setDaemon(true);
            return made;
          });
  private final CompletableFuture<Void> filtered;

  /** With the {@link SystemCallFilter}. */
  FilteredThread() {
    this(FilteredThread::install);
  }

  /**
   * @param installer puts a filter on the thread that calls it
   */
  FilteredThread(Task<Void> installer) {
    filtered = onThread(installer);
  }

  /**
   * Starts a process under the filter. An interruption waits until it runs, so that the caller
   * always gets hold of it.
   *
   * @throws IOException when the process cannot be started, or the filter not be had
   */
  Process start(ProcessBuilder builder) throws IOException {
    join(filtered);
    return join(onThread(builder::start));
  }

  @Override
  public void close() {
    thread.shutdown();
  }

  /** Something to do on the thread. */
  interface Task<T> {
    T run() throws IOException;
  }

  private <T> CompletableFuture<T> onThread(Task<T> task) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return task.run();
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        thread);
  }

  private static <T> T join(CompletableFuture<T> future) throws IOException {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * It takes CAP_SYS_ADMIN in the user namespace that it is in, so that setuid programs go on to
   * work (no_new_privs stays off).
   */
  private static Void install() throws IOException {
    Integer number = NUMBERS.get(System.getProperty("os.arch"));
    if (number == null) {
      throw new IOException(
          "no filter of system calls is known for " + System.getProperty("os.arch"));
    }
    byte[] program = SystemCallFilter.program();
    try (Memory instructions = new Memory(program.length);
        Memory filter = new Memory(2L * Native.POINTER_SIZE)) {
      instructions.write(0, program, 0, program.length);
      filter.setShort(0, (short) (program.length / SystemCallFilter.INSTRUCTION_BYTES));
      filter.setPointer(Native.POINTER_SIZE, instructions);
      Function call =
          NativeLibrary.getInstance("c").getFunction("syscall", Function.THROW_LAST_ERROR);
      call.invokeInt(
          new Object[] {
            new NativeLong(number),
            new NativeLong(SECCOMP_SET_MODE_FILTER),
            new NativeLong(SECCOMP_FILTER_FLAG_SPEC_ALLOW),
            filter
          });
      return null;
    } catch (LastErrorException e) {
      throw new IOException(
          "the kernel refused the filter of system calls (" + e.getMessage() + ")", e);
    } catch (LinkageError e) {
      throw new IOException(
          "the filter of system calls needs JNA, which does not load here (" + e.getMessage() + ")",
          e);
    }
  }
}
