package io.jenkins.plugins.kaniko.executor.sandbox;

/** A rung of the ladder of isolation, from the top. */
public enum Rung {
  /** Mount, pid, ipc and uts namespaces made by root. */
  ROOT("namespaces as root", Ids.HOST, true),
  /** The same in a user namespace over the sub-ids of the user. */
  SUBID("sub-id user namespace", Ids.SUB_IDS, true),
  /** The same in a user namespace over all ids that root of a container has. */
  FULL("full-map user namespace", Ids.ALL, true),
  /** The same in a user namespace that has one id, the user's. */
  ONE("one-id user namespace", Ids.ONE, true),
  // None of these without a user namespace of its own: the way through /proc/PID/root into the
  // container would be open to a command that has the user of a process there.
  /** As {@link #SUBID}, and {@code /proc} shows the processes of the container. */
  SHARED_SUBID("sub-id user namespace with a shared /proc", Ids.SUB_IDS, false),
  /** As {@link #FULL}, and {@code /proc} shows the processes of the container. */
  SHARED_FULL("full-map user namespace with a shared /proc", Ids.ALL, false),
  /** As {@link #ONE}, and {@code /proc} shows the processes of the container. */
  SHARED_ONE("one-id user namespace with a shared /proc", Ids.ONE, false),
  /** Another root directory, and nothing else. */
  CHROOT("chroot", Ids.HOST, false),
  /** Nothing but the container that the executor runs in. */
  IN_PLACE("in place", Ids.HOST, false),
  /** Nothing: no command can run. */
  NONE("none", Ids.HOST, false);

  /** Which ids there are in the user namespace of a rung. */
  enum Ids {
    /** No user namespace. */
    HOST,
    /** 0 is the user, and then come the sub-ids. */
    SUB_IDS,
    /** Those of the namespace outside, each as itself. */
    ALL,
    /** 0 is the user, and there is no other. */
    ONE
  }

  private final String title;
  private final Ids ids;
  private final boolean ownProc;

  Rung(String title, Ids ids, boolean ownProc) {
    this.title = title;
    this.ids = ids;
    this.ownProc = ownProc;
  }

  /** The name in logs and messages. */
  public String title() {
    return title;
  }

  Ids ids() {
    return ids;
  }

  /** Whether {@code /proc} is that of its pid namespace. */
  boolean ownProc() {
    return ownProc;
  }

  /** Whether the executor has to stand in namespaces of its own. */
  boolean hasNamespaces() {
    return this != CHROOT && this != IN_PLACE && this != NONE;
  }

  boolean needsRoot() {
    return this != NONE && (ids == Ids.HOST || ids == Ids.ALL);
  }
}
