package io.jenkins.plugins.kaniko.executor.context;

import java.util.ArrayList;
import java.util.List;

/** Paths of a context as text. */
final class ContextPaths {
  private ContextPaths() {}

  /** As Go's {@code path.Clean}: no empty, {@code .} or inner {@code ..} component is left. */
  static String clean(String path) {
    boolean rooted = path.startsWith("/");
    List<String> kept = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      boolean parent = part.equals("..");
      if (parent && !kept.isEmpty() && !kept.get(kept.size() - 1).equals("..")) {
        kept.remove(kept.size() - 1);
      } else if (!part.isEmpty() && !part.equals(".") && !(parent && rooted)) {
        kept.add(part);
      }
    }
    String joined = String.join("/", kept);
    return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
  }

  /**
   * The components of a path below a root, whether it begins with a slash or not. As under chroot,
   * what climbs above the root stays there.
   */
  static List<String> below(String path) {
    List<String> kept = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        if (!kept.isEmpty()) {
          kept.remove(kept.size() - 1);
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        kept.add(part);
      }
    }
    return kept;
  }

  /** Whether a path has more {@code ..} than directories to leave. */
  static boolean climbsOut(String path) {
    return clean(path.replaceFirst("^/+", "")).startsWith("..");
  }

  static String join(String directory, String name) {
    return directory.isEmpty() ? name : directory + "/" + name;
  }
}
