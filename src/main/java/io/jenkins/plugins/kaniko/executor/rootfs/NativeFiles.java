package io.jenkins.plugins.kaniko.executor.rootfs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The few system calls that the JDK does not offer: extended attributes outside {@code user.}, and
 * mknod(2). Loading costs more than 100 ms, so that {@link #warmUp} does it beside other work.
 */
final class NativeFiles {
  private static final int EPERM = 1;
  private static final int ENODATA = 61;
  private static final int ENOTSUP = 95;
  private static final int ERANGE = 34;
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int S_IFCHR = 0020000;
  private static final int O_CLOEXEC = 02000000;
  private static final long FS_IOC_GETFLAGS = 0x80086601L;
  private static final long FS_IOC_SETFLAGS = 0x40086602L;
  private static final long FS_TOPDIR_FL = 0x20000;

  private static volatile boolean loaded;

  private NativeFiles() {}

  /** True when system calls cost no more than themselves. */
  static boolean isLoaded() {
    return loaded;
  }

  /** libc, bound on first use. */
  private static final class LibC {
    static {
      Native.register(LibC.class, "c");
      loaded = true;
    }

    static native long llistxattr(byte[] path, byte[] list, long size) throws LastErrorException;

    static native long lgetxattr(byte[] path, byte[] name, byte[] value, long size)
        throws LastErrorException;

    static native int utimensat(int directory, byte[] path, long[] times, int flags)
        throws LastErrorException;

    static native int symlink(byte[] target, byte[] path) throws LastErrorException;

    static native int open(byte[] path, int flags) throws LastErrorException;

    static native int ioctl(int file, long request, long[] argument) throws LastErrorException;

    static native int close(int file) throws LastErrorException;

    static native int lremovexattr(byte[] path, byte[] name) throws LastErrorException;

    static native int lsetxattr(byte[] path, byte[] name, byte[] value, long size, int flags)
        throws LastErrorException;
  }

  /** mknod is a function of its own only since glibc 2.33; before, it hides behind __xmknod. */
  private static final class Mknod {
    static final com.sun.jna.Function FUNCTION = find();

    static com.sun.jna.Function find() {
      com.sun.jna.NativeLibrary libc = com.sun.jna.NativeLibrary.getInstance("c");
      try {
        return libc.getFunction("mknod", com.sun.jna.Function.THROW_LAST_ERROR);
      } catch (UnsatisfiedLinkError e) {
        return libc.getFunction("__xmknod", com.sun.jna.Function.THROW_LAST_ERROR);
      }
    }
  }

  /** Loads the library in the background. */
  static void warmUp() {
    Thread thread =
        new Thread(
            () -> {
              try {
                LibC.llistxattr(cString("/"), null, 0);
              } catch (LastErrorException | LinkageError e) {
                // whoever needs it will report it
              }
            },
            "load-jna");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The attributes of a file that belong into a layer: {@code security.capability} and {@code
   * user.*}, without what overlay keeps for itself.
   */
  static Map<String, byte[]> xattrs(Path path) throws IOException {
    byte[] file = bytes(path);
    try {
      List<String> names = list(file);
      if (names.isEmpty()) {
        return Map.of();
      }
      Map<String, byte[]> result = new TreeMap<>();
      for (String name : names) {
        if (isLayerXattr(name)) {
          result.put(name, get(file, name));
        }
      }
      return result;
    } catch (LastErrorException e) {
      if (e.getErrorCode() == ENOTSUP || e.getErrorCode() == ENODATA) {
        return Map.of();
      }
      throw failed("read the extended attributes of", path, e);
    } catch (LinkageError e) {
      throw unavailable("read the extended attributes of", path, e);
    }
  }

  /**
   * What containerd and BuildKit keep, and the user's own; not what overlay or the host's security
   * modules note down.
   */
  static boolean isLayerXattr(String name) {
    return name.equals("security.capability")
        || (name.startsWith("user.") && !name.startsWith("user.overlay."));
  }

  /** True when overlay shows nothing of the layers below this directory. */
  static boolean isOpaque(Path directory) throws IOException {
    byte[] value = new byte[8];
    try {
      long n =
          LibC.lgetxattr(bytes(directory), cString("user.overlay.opaque"), value, value.length);
      return n == 1 && value[0] == 'y';
    } catch (LastErrorException e) {
      return false;
    } catch (LinkageError e) {
      throw unavailable("read the extended attributes of", directory, e);
    }
  }

  /** The value of an attribute, or empty where it is not set. */
  static Optional<byte[]> xattr(Path path, String name) throws IOException {
    try {
      return Optional.of(get(bytes(path), name));
    } catch (LastErrorException e) {
      if (e.getErrorCode() == ENOTSUP || e.getErrorCode() == ENODATA) {
        return Optional.empty();
      }
      throw failed("read the extended attributes of", path, e);
    } catch (LinkageError e) {
      throw unavailable("read the extended attributes of", path, e);
    }
  }

  static void setOpaque(Path directory) throws IOException {
    setXattr(directory, "user.overlay.opaque", new byte[] {'y'});
  }

  /** True when a failure of this class was the kernel's EPERM. */
  static boolean isNotPermitted(IOException failure) {
    return failure.getCause() instanceof LastErrorException e && e.getErrorCode() == EPERM;
  }

  static void setXattr(Path path, String name, byte[] value) throws IOException {
    try {
      LibC.lsetxattr(bytes(path), cString(name), value, value.length, 0);
    } catch (LastErrorException e) {
      throw failed("set the extended attribute " + name + " of", path, e);
    } catch (LinkageError e) {
      throw unavailable("set the extended attribute " + name + " of", path, e);
    }
  }

  static void removeXattr(Path path, String name) throws IOException {
    try {
      LibC.lremovexattr(bytes(path), cString(name));
    } catch (LastErrorException e) {
      throw failed("remove the extended attribute " + name + " of", path, e);
    } catch (LinkageError e) {
      throw unavailable("remove the extended attribute " + name + " of", path, e);
    }
  }

  /**
   * Asks the file system to keep the directories below this one apart from each other, as {@code
   * chattr +T} does. Only ext2, ext3 and ext4 know that; it is a hint, and nothing fails without
   * it.
   */
  static void spreadSubdirectories(Path directory) {
    try {
      int file = LibC.open(bytes(directory), O_CLOEXEC);
      try {
        long[] flags = new long[1];
        LibC.ioctl(file, FS_IOC_GETFLAGS, flags);
        flags[0] |= FS_TOPDIR_FL;
        LibC.ioctl(file, FS_IOC_SETFLAGS, flags);
      } finally {
        LibC.close(file);
      }
    } catch (LastErrorException | LinkageError e) {
      // a hint
    }
  }

  /**
   * Overlay's sign that a path of the layers below is gone; no privilege needed since Linux 5.8.
   */
  static void makeWhiteout(Path path) throws IOException {
    makeNode(path, S_IFCHR, 0, 0);
  }

  /**
   * Sets access and modification time. The JDK opens a file for that, which on a fifo would wait
   * for a writer and on a device do whatever the device does.
   */
  static void setTime(Path path, long seconds) throws IOException {
    try {
      LibC.utimensat(
          AT_FDCWD, bytes(path), new long[] {seconds, 0, seconds, 0}, AT_SYMLINK_NOFOLLOW);
    } catch (LastErrorException e) {
      throw failed("set the time of", path, e);
    } catch (LinkageError e) {
      throw unavailable("set the time of", path, e);
    }
  }

  /** symlink(2), whose target stands exactly as it is given. */
  static void makeSymlink(Path path, byte[] target) throws IOException {
    try {
      LibC.symlink(java.util.Arrays.copyOf(target, target.length + 1), bytes(path));
    } catch (LastErrorException e) {
      throw failed("make the symlink", path, e);
    } catch (LinkageError e) {
      throw unavailable("make the symlink", path, e);
    }
  }

  /** mknod(2), with the type in the mode. */
  static void makeNode(Path path, int mode, int major, int minor) throws IOException {
    long device =
        ((major & 0xfffL) << 8)
            | ((major & ~0xfffL) << 32)
            | (minor & 0xffL)
            | ((minor & ~0xffL) << 12);
    try {
      if (Mknod.FUNCTION.getName().equals("mknod")) {
        Mknod.FUNCTION.invokeInt(new Object[] {bytes(path), mode, device});
      } else {
        com.sun.jna.ptr.LongByReference reference = new com.sun.jna.ptr.LongByReference(device);
        Mknod.FUNCTION.invokeInt(new Object[] {1, bytes(path), mode, reference});
      }
    } catch (LastErrorException e) {
      throw failed("make the special file", path, e);
    } catch (LinkageError e) {
      throw unavailable("make the special file", path, e);
    }
  }

  private static List<String> list(byte[] file) {
    byte[] buffer = new byte[1024];
    while (true) {
      try {
        int length = (int) LibC.llistxattr(file, buffer, buffer.length);
        List<String> names = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < length; i++) {
          if (buffer[i] == 0) {
            names.add(new String(buffer, from, i - from, StandardCharsets.UTF_8));
            from = i + 1;
          }
        }
        return names;
      } catch (LastErrorException e) {
        if (e.getErrorCode() != ERANGE) {
          throw e;
        }
        buffer = new byte[buffer.length * 8];
      }
    }
  }

  private static byte[] get(byte[] file, String name) {
    byte[] buffer = new byte[64 * 1024];
    int length = (int) LibC.lgetxattr(file, cString(name), buffer, buffer.length);
    return java.util.Arrays.copyOf(buffer, length);
  }

  private static IOException failed(String what, Path path, LastErrorException e) {
    return new IOException("tried to " + what + " " + path + ", but " + e.getMessage(), e);
  }

  private static IOException unavailable(String what, Path path, LinkageError e) {
    return new IOException(
        "tried to "
            + what
            + " "
            + path
            + ", but JNA cannot load its native library here ("
            + e.getMessage()
            + "); use a JVM for glibc, and a store on a file system that is not mounted noexec",
        e);
  }

  private static byte[] cString(String text) {
    return java.util.Arrays.copyOf(
        text.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8).length + 1);
  }

  /** A path's bytes as the kernel has them, NUL at the end. */
  private static byte[] bytes(Path path) {
    String text = path.toString();
    if (text.indexOf('\uFFFD') < 0) {
      return cString(text);
    }
    String raw = path.toAbsolutePath().toUri().getRawPath();
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        out.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(raw.charAt(i));
      }
    }
    out.write(0);
    return out.toByteArray();
  }
}
