package io.jenkins.plugins.kaniko.executor.sandbox;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Looks up what is below the /proc of this container, as the user of the process that asks. For one
 * thread: its ids follow those of whom it looks at, since the kernel lets only the same user see
 * most of a process.
 */
final class ProcFiles {
  private static final int O_ACCMODE = 3;
  private static final int O_NOCTTY = 0x100;
  private static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  private static final int O_PATH = 0x200000;
  private static final int F_SETFL = 4;
  private static final int AT_EACCESS = 0x200;
  private static final int PATH_MAX = 4096;

  /** Where a root has what stands for directories; gone after the command. */
  private static final Path LISTINGS = Path.of(InsideScript.BOX.substring(1), "proc");

  /** Programs that list directories do so at once, so that old ones can go. */
  private static final int LISTINGS_KEPT = 64;

  private static final String MOUNTS = "rootfs / rootfs rw 0 0\nproc /proc proc rw 0 0\n";
  private static final String MOUNTINFO =
      "1 0 0:1 / / rw - rootfs rootfs rw\n2 1 0:2 / /proc rw - proc proc rw\n";

  private final Memory words = new Memory(PATH_MAX);
  private final Memory result = new Memory(PATH_MAX);
  private int uid;
  private int gid;
  private int listings;

  /** Takes on the ids of a process, as it has them. */
  void become(long process) throws IOException {
    Path directory = of(process);
    become(
        (int) Files.getAttribute(directory, "unix:uid"),
        (int) Files.getAttribute(directory, "unix:gid"));
  }

  /** The root of a process, whose ids this thread then has. */
  Path rootOf(long process) throws IOException {
    become(process);
    return Files.readSymbolicLink(of(process).resolve("root"));
  }

  boolean hasRoot(long process, Path root) {
    try {
      return rootOf(process).equals(root);
    } catch (IOException e) {
      // It has ended, or nobody may look at it.
      return false;
    }
  }

  /** The number of the process that a thread belongs to. */
  long processOf(int thread) throws IOException {
    return Long.parseLong(ProcessStatus.fields(of(thread).resolve("status")).get("Tgid"));
  }

  /** A descriptor of this process. What waits for nobody here may wait there. */
  int open(ProcPath path, int flags, Path root, long process) throws IOException {
    boolean writes = (flags & O_ACCMODE) != 0;
    switch (path.use()) {
      case MOUNTS, MOUNTINFO -> {
        return text(path.use() == ProcPath.Use.MOUNTS ? MOUNTS : MOUNTINFO);
      }
      case WRITE -> {
        // As far as the kernel allows.
      }
      case READ -> {
        if (writes) {
          throw new ErrnoException(ErrnoException.EACCES);
        }
        if (Files.isDirectory(Path.of(path.real()))) {
          return openAt(listing(path, root, process), flags);
        }
      }
      default -> throw new ErrnoException(ErrnoException.EACCES);
    }
    int opened = openAt(path.real(), flags | O_NONBLOCK);
    if ((flags & (O_NONBLOCK | O_PATH)) == 0) {
      SystemCall.FCNTL.invoke(opened, F_SETFL, flags);
    }
    return opened;
  }

  /** Where a link leads in the eyes of a process with this root. */
  byte[] readLink(ProcPath path, Path root) throws IOException {
    if (path.link() != null) {
      return path.link().getBytes(StandardCharsets.UTF_8);
    }
    long length =
        ErrnoException.check(
            SystemCall.READLINKAT.invoke(
                SystemCall.AT_FDCWD, point(path.real()), Pointer.nativeValue(result), PATH_MAX));
    byte[] target = result.getByteArray(0, (int) length);
    byte[] prefix = root.toString().getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(target, 0, Math.min(prefix.length, target.length), prefix, 0, prefix.length)
        || (target.length > prefix.length && target[prefix.length] != '/')) {
      return target;
    }
    return target.length == prefix.length
        ? new byte[] {'/'}
        : Arrays.copyOfRange(target, prefix.length, target.length);
  }

  void access(ProcPath path, long mode) throws IOException {
    ErrnoException.check(
        SystemCall.FACCESSAT2.invoke(SystemCall.AT_FDCWD, point(path.real()), mode, AT_EACCESS));
  }

  /** A struct stat. */
  byte[] stat(ProcPath path, long flags) throws IOException {
    ErrnoException.check(
        SystemCall.NEWFSTATAT.invoke(
            SystemCall.AT_FDCWD, point(path.real()), Pointer.nativeValue(result), flags));
    return result.getByteArray(0, SystemCall.STAT_BYTES);
  }

  /** A struct statx. */
  byte[] statx(ProcPath path, long flags, long mask) throws IOException {
    ErrnoException.check(
        SystemCall.STATX.invoke(
            SystemCall.AT_FDCWD, point(path.real()), flags, mask, Pointer.nativeValue(result)));
    return result.getByteArray(0, 256);
  }

  private static Path of(long process) {
    return Path.of("/proc", Long.toString(process));
  }

  /**
   * The real and the saved ones count for looking into its memory, those for files in /proc. The
   * effective user stays root, so that there is a way back.
   */
  private void become(int newUid, int newGid) throws IOException {
    if (newUid == uid && newGid == gid) {
      return;
    }
    // First, since nothing else gives the capabilities back that go with another one.
    SystemCall.SETFSUID.invoke(0);
    ErrnoException.check(SystemCall.SETRESGID.invoke(newGid, -1, -1));
    ErrnoException.check(SystemCall.SETRESUID.invoke(newUid, -1, -1));
    SystemCall.SETFSGID.invoke(newGid);
    SystemCall.SETFSUID.invoke(newUid);
    uid = newUid;
    gid = newGid;
  }

  private int openAt(String path, int flags) throws IOException {
    return (int)
        ErrnoException.check(
            SystemCall.OPENAT.invoke(
                SystemCall.AT_FDCWD, point(path), flags | O_NOCTTY | O_CLOEXEC));
  }

  private int text(String content) throws IOException {
    int file = (int) ErrnoException.check(SystemCall.MEMFD_CREATE.invoke(point("proc"), 1));
    byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
    result.write(0, bytes, 0, bytes.length);
    SystemCall.PWRITE.invoke(file, Pointer.nativeValue(result), bytes.length, 0);
    return file;
  }

  /**
   * A directory in the root with the same names. From the real one a way would lead up and out of
   * the root.
   */
  private String listing(ProcPath path, Path root, long process) throws IOException {
    List<Entry> entries = entries(path, root, process);
    entries.removeIf(
        entry ->
            entry.path().process() != 0
                && entry.path().process() != path.process()
                && !hasRoot(entry.path().process(), root));
    become(0, 0);
    listings = (listings + 1) % LISTINGS_KEPT;
    Path place = root.resolve(LISTINGS).resolve(Integer.toString(listings));
    if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      for (Path old : list(place)) {
        Files.delete(old);
      }
    }
    Files.createDirectories(place);
    for (Entry entry : entries) {
      Path shown = place.resolve(entry.name());
      if (entry.target() != null) {
        Files.createSymbolicLink(shown, Path.of(entry.target()));
      } else if (entry.directory()) {
        Files.createDirectory(shown);
      } else {
        Files.createFile(shown);
      }
    }
    return place.toString();
  }

  /**
   * What lies in a directory.
   *
   * @param target of a symbolic link; null of all else
   */
  private record Entry(ProcPath path, String name, String target, boolean directory) {}

  private List<Entry> entries(ProcPath path, Path root, long process) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path file : list(Path.of(path.real()))) {
      List<String> names = ProcPath.names(file.toString(), false).orElseThrow();
      ProcPath entry = ProcPath.of(names, false, process, process);
      if (entry.use() != ProcPath.Use.REFUSED) {
        boolean link = Files.isSymbolicLink(file);
        try {
          entries.add(
              new Entry(
                  entry,
                  file.getFileName().toString(),
                  link ? new String(readLink(entry, root), StandardCharsets.UTF_8) : null,
                  Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)));
        } catch (ErrnoException e) {
          // It is gone.
        }
      }
    }
    return entries;
  }

  private static List<Path> list(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(files::add);
    } catch (AccessDeniedException e) {
      throw new ErrnoException(ErrnoException.EACCES);
    }
    return files;
  }

  private long point(String path) {
    words.setString(0, path, "UTF-8");
    return Pointer.nativeValue(words);
  }
}
