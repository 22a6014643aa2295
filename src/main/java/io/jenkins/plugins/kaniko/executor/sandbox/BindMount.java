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
public record BindMount(Path source, String target, boolean readOnly) implements CommandMount {
  /** Checks the shape of both paths. */
  public BindMount {
    if (!source.isAbsolute()) {
      throw new IllegalArgumentException("no absolute path: " + source);
    }
    CommandMount.checkTarget(target);
  }
}
