package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import java.io.IOException;
import java.util.List;

/**
 * The root of one stage while it is built. One change is open at a time: {@link #beginRun} and
 * {@link #endRun} enclose a command in the sandbox, {@link #apply} is a change of its own. Not
 * thread-safe.
 */
public interface RootFilesystem {
  /**
   * A place that the sandbox mounts something on.
   *
   * @param path with every symlink resolved
   * @param directory or else a file
   */
  record MountPoint(String path, boolean directory) {}

  /** The file system as it stands, with every layer and change so far. */
  MergedTree tree();

  /** Makes the mount points that are missing, and says what to mount as the root. */
  RootMount beginRun(List<MountPoint> mountPoints) throws IOException;

  /** Takes the mount points away again and says what the command changed. */
  Changeset endRun() throws IOException;

  /** Writes entries (parents first) and says the same as a layer. */
  Changeset apply(List<LayerItem> items) throws IOException;
}
