package io.jenkins.plugins.kaniko.executor.registry;

/** How a blob came to be in a repository. */
public enum PushOutcome {
  /** It was there already. */
  EXISTED,
  /** The registry linked it from another repository of its own. */
  MOUNTED,
  UPLOADED
}
