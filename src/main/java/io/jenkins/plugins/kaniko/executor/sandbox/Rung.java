package io.jenkins.plugins.kaniko.executor.sandbox;

/** A rung of the ladder of isolation, from the top. */
public enum Rung {
  /** Mount, pid, ipc and uts namespaces made by root. */
  ROOT("namespaces as root"),
  /** The same in a user namespace over the sub-ids of the user. */
  SUBID("sub-id user namespace"),
  /** Nothing: no command can run. */
  NONE("none");

  private final String title;

  Rung(String title) {
    this.title = title;
  }

  /** The name in logs and messages. */
  public String title() {
    return title;
  }
}
