package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Paths as they are resolved in a chroot: component by component and link by link, from a root. */
final class ChrootPath {
  private static final int MAX_SYMLINKS = 40;

  private ChrootPath() {}

  /** Makes a directory where there is none. */
  @FunctionalInterface
  interface Missing {
    void make(Path directory) throws IOException;
  }

  /**
   * The directory that a path leads to, which is there afterwards.
   *
   * @param path relative to the root
   * @param nothing what counts as not there
   * @throws IOException when a file is on the way, or links go in circles
   */
  static Path resolve(Path root, String path, Predicate<FileStat> nothing, Missing missing)
      throws IOException {
    ArrayDeque<String> todo = new ArrayDeque<>(List.of(path.split("/")));
    ArrayDeque<Path> above = new ArrayDeque<>();
    Path at = root;
    int links = 0;
    while (!todo.isEmpty()) {
      String part = todo.poll();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        at = above.isEmpty() ? root : above.pop();
        continue;
      }
      Path next = FileNames.resolve(at, part);
      Optional<FileStat> stat = FileStat.ofNullable(next);
      if (stat.isPresent() && stat.get().isSymlink()) {
        if (++links > MAX_SYMLINKS) {
          throw new IOException(
              "tried to write below /" + path + ", but its symlinks go in circles");
        }
        String target = FileStat.linkTarget(next);
        List<String> parts = List.of(target.split("/"));
        for (int i = parts.size() - 1; i >= 0; i--) {
          todo.addFirst(parts.get(i));
        }
        if (target.startsWith("/")) {
          at = root;
          above.clear();
        }
        continue;
      }
      if (stat.isEmpty() || nothing.test(stat.get())) {
        missing.make(next);
      } else if (!stat.get().isDirectory()) {
        throw new IOException(
            "tried to write below /" + path + ", but " + part + " is not a directory there");
      }
      above.push(at);
      at = next;
    }
    return at;
  }
}
