package io.jenkins.plugins.kaniko.executor.sandbox;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers the calls of processes under a filter that asks (seccomp_unotify(2)). What is not about
 * /proc, or comes from a process that has the root of this one, goes on to the kernel as if nobody
 * had asked. The rest is done here for the process that asks, as its user, in the /proc of this
 * container.
 */
final class ProcSupervisor implements Runnable {
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  // Of struct seccomp_notif: id, pid, flags, and struct seccomp_data with six arguments.
  private static final int NOTICE_BYTES = 80;
  private static final int THREAD = 8;
  private static final int NUMBER = 16;
  private static final int ARGUMENTS = 32;

  private static final long RECEIVE = 0xc0502100L;
  private static final long SEND = 0xc0182101L;
  private static final long IS_VALID = 0x40082102L;
  private static final long ADD_DESCRIPTOR = 0x40182103L;

  /** Of struct seccomp_notif_resp (id, val, error, flags) and struct seccomp_notif_addfd. */
  private static final int ANSWER_BYTES = 24;

  private static final int GO_ON = 1;
  private static final int AND_SEND = 2;

  private static final int PATH_MAX = 4096;
  private static final int PAGE = 4096;

  /** Of struct iovec. */
  private static final int VECTOR_BYTES = 16;

  /** Enough to see that a path is none of ours. */
  private static final int BEGINNING = 5;

  private final int listener;
  private final Map<Integer, SystemCall> lookups = new HashMap<>();
  private final Memory notice = new Memory(NOTICE_BYTES);
  private final Memory answer = new Memory(ANSWER_BYTES);
  private final Memory vectors = new Memory(6L * Long.BYTES);
  private final Memory words = new Memory(PATH_MAX);
  private final ProcFiles files = new ProcFiles();
  private volatile boolean closed;

  /**
   * @param listener the descriptor that seccomp(2) has made; {@link #run} closes it
   */
  ProcSupervisor(int listener) throws IOException {
    this.listener = listener;
    SystemCall.lookups().forEach(call -> lookups.put(call.number(), call));
    answer.clear();
    answer.setInt(Long.BYTES, AND_SEND);
    if (control(ADD_DESCRIPTOR, answer) != -ErrnoException.ENOENT) {
      SystemCall.CLOSE.invoke(listener);
      throw new IOException("it takes Linux 5.14");
    }
  }

  /** Ends {@link #run} when nobody is left who could ask. */
  void close() {
    closed = true;
  }

  @Override
  public void run() {
    try {
      while (true) {
        notice.clear();
        long error = control(RECEIVE, notice);
        if (error == 0) {
          serve();
        } else if (error != -ErrnoException.EINTR && (error != -ErrnoException.ENOENT || closed)) {
          return;
        }
      }
    } finally {
      // From here on those calls fail, instead of waiting for ever.
      SystemCall.CLOSE.invoke(listener);
    }
  }

  private void serve() {
    boolean answered = false;
    try {
      answered = answer();
    } catch (ErrnoException e) {
      send(0, -e.number(), 0);
      answered = true;
    } catch (IOException | RuntimeException e) {
      // Who asks cannot be looked at; the kernel says what comes of the call.
    } finally {
      if (!answered) {
        send(0, 0, GO_ON);
      }
    }
  }

  /** False when the kernel is to go on with the call. */
  private boolean answer() throws IOException {
    int thread = notice.getInt(THREAD);
    SystemCall call = lookups.get(notice.getInt(NUMBER));
    int first = call.takesDirectory() ? 1 : 0;
    if (!beginsLikeOurs(thread, argument(first))) {
      return false;
    }
    boolean follow = follows(call, first);
    Optional<List<String>> names = ProcPath.names(text(thread, argument(first)), follow);
    if (names.isEmpty()) {
      return false;
    }
    Path root = files.rootOf(thread);
    if (root.getNameCount() == 0) {
      return false;
    }
    long process = files.processOf(thread);
    ProcPath path = ProcPath.of(names.get(), follow, process, thread);
    if (path.use() == ProcPath.Use.REFUSED) {
      throw new ErrnoException(ErrnoException.EACCES);
    }
    if (path.process() != 0 && !files.hasRoot(path.process(), root)) {
      throw new ErrnoException(ErrnoException.ENOENT);
    }
    files.become(thread);
    switch (call) {
      case OPEN, OPENAT -> {
        int flags = (int) argument(first + 1);
        lend(files.open(path, flags, root, process), flags & ProcFiles.O_CLOEXEC);
      }
      case READLINK, READLINKAT -> {
        byte[] target = files.readLink(path, root);
        int length = (int) Math.min(target.length, argument(first + 2));
        write(thread, argument(first + 1), target, length);
        send(length, 0, 0);
      }
      case ACCESS, FACCESSAT, FACCESSAT2 -> {
        files.access(path, argument(first + 1));
        send(0, 0, 0);
      }
      case STATX -> {
        byte[] status = files.statx(path, argument(2), argument(3));
        write(thread, argument(4), status, status.length);
        send(0, 0, 0);
      }
      default -> {
        byte[] status = files.stat(path, follow ? 0 : AT_SYMLINK_NOFOLLOW);
        write(thread, argument(first + 1), status, status.length);
        send(0, 0, 0);
      }
    }
    return true;
  }

  private boolean follows(SystemCall call, int first) {
    return switch (call) {
      case LSTAT, READLINK, READLINKAT -> false;
      case NEWFSTATAT -> (argument(first + 2) & AT_SYMLINK_NOFOLLOW) == 0;
      case STATX -> (argument(first + 1) & AT_SYMLINK_NOFOLLOW) == 0;
      default -> true;
    };
  }

  private long argument(int index) {
    return notice.getLong(ARGUMENTS + (long) index * Long.BYTES);
  }

  private boolean beginsLikeOurs(int thread, long address) throws IOException {
    if (read(thread, address, BEGINNING) == -ErrnoException.EPERM) {
      files.become(thread);
      read(thread, address, BEGINNING);
    }
    String beginning = new String(words.getByteArray(0, BEGINNING), StandardCharsets.ISO_8859_1);
    return beginning.equals("/proc")
        || beginning.equals("/dev/")
        || beginning.startsWith("//")
        || beginning.startsWith("/.");
  }

  private String text(int thread, long address) throws IOException {
    long length = ErrnoException.check(read(thread, address, PATH_MAX));
    byte[] bytes = words.getByteArray(0, (int) length);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
  }

  /** Reads memory, as far as it goes: up to the end of a page, or of the next. */
  private long read(int thread, long address, int length) {
    int first = (int) Math.min(length, PAGE - address % PAGE);
    words.setLong(0, 0);
    vector(0, Pointer.nativeValue(words), length);
    vector(1, address, first);
    vector(2, address + first, length - first);
    return SystemCall.PROCESS_VM_READV.invoke(
        thread, Pointer.nativeValue(vectors), 1, Pointer.nativeValue(vectors) + VECTOR_BYTES, 2, 0);
  }

  private void write(int thread, long address, byte[] bytes, int length) throws IOException {
    words.write(0, bytes, 0, length);
    vector(0, Pointer.nativeValue(words), length);
    vector(1, address, length);
    // Another process may have its number by now.
    ErrnoException.check(control(IS_VALID, notice));
    ErrnoException.check(
        SystemCall.PROCESS_VM_WRITEV.invoke(
            thread,
            Pointer.nativeValue(vectors),
            1,
            Pointer.nativeValue(vectors) + VECTOR_BYTES,
            1,
            0));
  }

  private void vector(int index, long address, long length) {
    vectors.setLong((long) index * VECTOR_BYTES, address);
    vectors.setLong((long) index * VECTOR_BYTES + Long.BYTES, length);
  }

  /** Gives who asks a descriptor, which is its answer too. */
  private void lend(int descriptor, int flags) throws IOException {
    try {
      answer.setLong(0, notice.getLong(0));
      answer.setInt(8, AND_SEND);
      answer.setInt(12, descriptor);
      answer.setInt(16, 0);
      answer.setInt(20, flags);
      ErrnoException.check(control(ADD_DESCRIPTOR, answer));
    } finally {
      SystemCall.CLOSE.invoke(descriptor);
    }
  }

  /** Fails when who asked has ended meanwhile, which is well. */
  private void send(long value, int error, int flags) {
    answer.setLong(0, notice.getLong(0));
    answer.setLong(8, value);
    answer.setInt(16, error);
    answer.setInt(20, flags);
    control(SEND, answer);
  }

  private long control(long request, Memory argument) {
    return SystemCall.IOCTL.invoke(listener, request, Pointer.nativeValue(argument));
  }
}
