package io.jenkins.plugins.kaniko.executor.sandbox;

import java.nio.file.Path;

/**
 * A file or directory of the host that the command sees at a path of its own; always {@code
 * nodev,nosuid}. A mount that lies below the source does not come along.
 *
 * @param source absolute, on the host
 * @param target absolute, inside the root; must exist there (file for file, directory for
 *     directory), and none of its components may be a symbolic link
 * @param readOnly whether the command may not write to it
 */
public record BindMount(Path source, String target, boolean readOnly) {
  /** Checks the shape of both paths. */
  public BindMount {
    if (!source.isAbsolute() || !target.startsWith("/") || target.indexOf('\n') >= 0) {
      throw new IllegalArgumentException(
          "no absolute paths of one line: " + source + " on " + target);
    }
    for (String name : target.split("/", -1)) {
      if (name.equals("..") || name.equals(".")) {
        throw new IllegalArgumentException(
            "the target of a bind mount is not normalised: " + target);
      }
    }
  }
}
