package io.jenkins.plugins.kaniko.executor.build;

/**
 * Receives the events of one build. Called from several threads at once; must not block for long.
 */
@FunctionalInterface
public interface EventSink {
  void emit(BuildEvent event);

  /** It is certain now that the build that emits is the one that counts. */
  default void decided() {}
}
