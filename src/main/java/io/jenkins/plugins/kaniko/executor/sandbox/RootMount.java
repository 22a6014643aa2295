package io.jenkins.plugins.kaniko.executor.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * What a command sees as {@code /}. It must hold the directories {@code /proc}, {@code /sys} and
 * {@code /dev} and the targets of all bind mounts: the sandbox creates nothing in it.
 */
public sealed interface RootMount {
  /**
   * An overlay (mount option {@code userxattr}) that is mounted for the command alone.
   *
   * @param linkDir directory that the lower names are relative to, which keeps the mount options
   *     below one page
   * @param lowers directories or links in {@code linkDir}, topmost first
   * @param upper takes what the command changes
   * @param work on the same file system as {@code upper}, empty
   */
  record Overlay(Path linkDir, List<String> lowers, Path upper, Path work) implements RootMount {
    /** Copies the list; an overlay has at least one lower. */
    public Overlay {
      lowers = List.copyOf(lowers);
      if (lowers.isEmpty()) {
        throw new IllegalArgumentException("an overlay without lower directories");
      }
    }
  }

  /**
   * A plain directory, changed in place.
   *
   * @param root the directory
   */
  record Directory(Path root) implements RootMount {}
}
