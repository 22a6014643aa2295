package io.jenkins.plugins.kaniko.executor.sandbox;

/**
 * A read-only file that is there for one command only. It lies in memory, in a mount namespace that
 * nobody else sees, never on a disk; so it may hold a secret.
 */
public final class FileMount implements CommandMount {
  private final String target;
  private final byte[] content;
  private final int mode;
  private final int uid;
  private final int gid;

  /**
   * A file.
   *
   * @param target see {@link CommandMount#target}
   * @param mode permission bits
   * @param uid owner, as the command sees it
   * @param gid its group
   */
  public FileMount(String target, byte[] content, int mode, int uid, int gid) {
    CommandMount.checkTarget(target);
    this.target = target;
    this.content = content.clone();
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
  }

  @Override
  public String target() {
    return target;
  }

  byte[] content() {
    return content;
  }

  int mode() {
    return mode;
  }

  int uid() {
    return uid;
  }

  int gid() {
    return gid;
  }
}
