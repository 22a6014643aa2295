package io.jenkins.plugins.kaniko.executor.sandbox;

/** The network that a command sees. */
public enum Network {
  /** The agent's own. */
  HOST,
  /** A network namespace of its own with nothing but a loopback interface. */
  NONE
}
