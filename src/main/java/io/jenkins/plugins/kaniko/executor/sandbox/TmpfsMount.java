package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.OptionalLong;

/**
 * An empty file system in memory; always {@code nodev,nosuid}.
 *
 * @param target see {@link CommandMount#target}; a directory
 * @param size limit in bytes; the kernel's (half of the memory) if absent
 * @param readOnly whether the command may not write to it
 */
public record TmpfsMount(String target, OptionalLong size, boolean readOnly)
    implements CommandMount {
  public TmpfsMount {
    CommandMount.checkTarget(target);
  }
}
