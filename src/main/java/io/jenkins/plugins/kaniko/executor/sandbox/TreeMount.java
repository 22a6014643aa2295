package io.jenkins.plugins.kaniko.executor.sandbox;

/**
 * A file or directory of another root; always {@code nodev,nosuid}.
 *
 * @param tree where it lies; what is written to an overlay ends up in its upper directory
 * @param source absolute, inside that tree; none of its components may be a symbolic link
 * @param target see {@link CommandMount#target}
 * @param directory whether it is a directory
 * @param readOnly whether the command may not write to it
 */
public record TreeMount(
    RootMount tree, String source, String target, boolean directory, boolean readOnly)
    implements CommandMount {
  public TreeMount {
    CommandMount.checkTarget(source);
    CommandMount.checkTarget(target);
  }
}
