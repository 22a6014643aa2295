package io.jenkins.plugins.kaniko.executor.sandbox;

/**
 * Something that one command sees at a path of its own and that is no part of its root. A mount
 * point that is missing is made when it lies inside an earlier mount or in {@code /dev}; in the
 * root itself the sandbox creates nothing.
 */
public sealed interface CommandMount permits BindMount, FileMount, TmpfsMount, TreeMount {
  /** Absolute and normalised, inside the root; none of its components may be a symbolic link. */
  String target();

  /** Throws unless a path is of the shape that {@link #target} promises. */
  static void checkTarget(String target) {
    if (!target.startsWith("/") || target.indexOf('\n') >= 0 || target.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("no absolute path of one line: " + target);
    }
    for (String name : target.split("/", -1)) {
      if (name.equals("..") || name.equals(".")) {
        throw new IllegalArgumentException("the target of a mount is not normalised: " + target);
      }
    }
  }
}
