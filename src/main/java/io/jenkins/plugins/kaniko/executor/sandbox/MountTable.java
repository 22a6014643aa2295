package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** What is mounted in the mount namespace of this process. */
public final class MountTable {
  private MountTable() {}

  /** The mount points, but for {@code /}. */
  public static Set<Path> points() throws IOException {
    return new TreeSet<>(MountFlags.pointsBelow(Path.of("/")));
  }
}
