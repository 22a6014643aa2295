package io.jenkins.plugins.kaniko.executor.build;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where a result is asked for. A file is replaced by another when that is complete; what is no file
 * of its own (a device, a pipe, a descriptor such as /dev/stdout) is never replaced, only written
 * to.
 *
 * @param path symlinks to files are followed
 * @param replaceable whether a new file may take its place
 */
public record OutputPlace(Path path, boolean replaceable) {
  private static final Path DEVICES = Path.of("/dev");
  private static final Path PROCESSES = Path.of("/proc");

  /** What a path that was asked for stands for. */
  public static OutputPlace of(Path asked) throws IOException {
    Path absolute = asked.toAbsolutePath().normalize();
    if (!Files.exists(absolute)) {
      return new OutputPlace(absolute, true);
    }
    // What a descriptor leads to may have no name, or be the log.
    if (!Files.isRegularFile(absolute) || isDescriptor(absolute)) {
      return new OutputPlace(absolute, false);
    }
    Path real = absolute.toRealPath();
    return new OutputPlace(real, Files.isWritable(real.getParent()));
  }

  private static boolean isDescriptor(Path path) throws IOException {
    Path at = path;
    for (int links = 0; links < 40 && Files.isSymbolicLink(at); links++) {
      if (at.startsWith(PROCESSES) || at.startsWith(DEVICES.resolve("fd"))) {
        return true;
      }
      at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
    }
    return at.startsWith(PROCESSES);
  }

  /** Opens what cannot be replaced, to write behind what is there. */
  public OutputStream open() throws IOException {
    return isDescriptor(path)
        ? Files.newOutputStream(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND)
        : Files.newOutputStream(
            path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
  }
}
