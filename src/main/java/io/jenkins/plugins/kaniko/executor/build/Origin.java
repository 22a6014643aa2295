package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.context.BuildContext;

/** What {@code --from} and {@code from=} name. */
sealed interface Origin {
  /** For messages. */
  String name();

  /** Its files, for COPY; the build is told of those that are left out. */
  CopySource source(BuildSession session) throws BuildException, InterruptedException;

  /** A stage or an image. */
  record Image(StageState state, String name) implements Origin {
    @Override
    public CopySource source(BuildSession session) throws BuildException, InterruptedException {
      return new TreeSource(state.tree(), name);
    }
  }

  /** A context with a name: a directory whose files belong to root in the image. */
  record Directory(BuildContext context, String name) implements Origin {
    @Override
    public CopySource source(BuildSession session) {
      return ContextSource.of(session, context);
    }
  }
}
