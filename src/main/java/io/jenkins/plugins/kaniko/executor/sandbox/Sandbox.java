package io.jenkins.plugins.kaniko.executor.sandbox;

/** Runs commands, each in namespaces of its own. Safe for use by several threads. */
public interface Sandbox extends AutoCloseable {
  /** The rung this stands on. */
  Rung rung();

  /**
   * Runs one command and waits for its end. The command is the first process of its pid namespace:
   * whatever it leaves behind dies with it. Interrupting the thread kills it with everything it
   * started.
   *
   * @throws SandboxException when the command could not be begun; a command that fails is no
   *     exception
   */
  RunResult run(RunRequest request) throws SandboxException, InterruptedException;

  /**
   * Gives up what was prepared. A sandbox that is never closed leaves nothing but an empty
   * directory.
   */
  @Override
  void close() throws SandboxException;
}
