package io.jenkins.plugins.kaniko.executor.rootfs;

import java.io.IOException;
import java.nio.file.Path;

/** An image needs a path that the container in which it is built has for itself. */
public final class ReservedPathException extends IOException {
  private static final long serialVersionUID = 1L;

  ReservedPathException(Path path) {
    super(
        "tried to write "
            + path
            + ", but the image is built in place, and in this container that path is mounted, the"
            + " executor's own, or was there before; try another path, mount that elsewhere, or use"
            + " another --isolation");
  }
}
