package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The flags of the mount that a path lies on. In a user namespace a bind mount may not drop any of
 * them, and changing one flag means naming all.
 */
final class MountFlags {
  private static final Set<String> LOCKED = Set.of("ro", "nosuid", "nodev", "noexec");

  private MountFlags() {}

  /** Those of {@code ro, nosuid, nodev, noexec} that hold where a path lies. */
  static Set<String> of(Path path) throws IOException {
    return of(path.toRealPath(), Files.readAllLines(Path.of("/proc/self/mountinfo")));
  }

  /**
   * The same from given lines of mountinfo (proc(5)): fields 5 and 6 are mount point and options.
   */
  static Set<String> of(Path realPath, List<String> mountinfo) {
    int depth = -1;
    Set<String> flags = Set.of();
    for (String line : mountinfo) {
      String[] fields = line.split(" ", 7);
      Path point = Path.of(unescape(fields[4]));
      // Of two mounts on one point the later one is seen.
      if (realPath.startsWith(point) && point.getNameCount() >= depth) {
        depth = point.getNameCount();
        flags = new LinkedHashSet<>(List.of(fields[5].split(",")));
      }
    }
    flags = new LinkedHashSet<>(flags);
    flags.retainAll(LOCKED);
    return flags;
  }

  /** The points of mounts that lie below a path, but not on it. */
  static List<Path> pointsBelow(Path path) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .map(line -> Path.of(unescape(line.split(" ", 6)[4])))
        .filter(point -> point.startsWith(path) && !point.equals(path))
        .toList();
  }

  private static String unescape(String word) {
    return word.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
