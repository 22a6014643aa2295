package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.context.BuildContext;

/** What {@code --from} and {@code from=} name. */
sealed interface Origin {
  /** For messages. */
  String name();

  /** Its files, for COPY. */
  CopySource source() throws BuildException, InterruptedException;

  /** A stage or an image. */
  record Image(StageState state, String name) implements Origin {
    @Override
    public CopySource source() throws BuildException, InterruptedException {
      return new TreeSource(state.tree(), name);
    }
  }

  /** A context with a name: a directory whose files belong to root in the image. */
  record Directory(BuildContext context, String name) implements Origin {
    @Override
    public CopySource source() {
      return new ContextSource(context);
    }
  }
}
