package io.jenkins.plugins.kaniko.executor.build;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A disk had no space left. A failed write does not say of what file: {@link #on} adds where. */
final class DiskFullException extends BuildException {
  private static final long serialVersionUID = 1;

  private final String tried;

  DiskFullException(String tried, IOException cause) {
    super(Category.ENVIRONMENT, "tried to " + tried + ", but the disk is full", cause);
    this.tried = tried;
  }

  static boolean isReason(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (isReason(String.valueOf(at.getMessage()))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a text has the words of ENOSPC or EDQUOT. */
  static boolean isReason(String text) {
    return text.contains("No space left on device") || text.contains("Disk quota exceeded");
  }

  /** The whole sentence, for a build that writes below this directory. */
  BuildException on(Path store) {
    String place =
        getCause() instanceof FileSystemException e && e.getFile() != null
            ? e.getFile()
            : store.toString();
    return sentence(place, "free some space there or choose another disk with --store-dir");
  }

  /** The same, for a file that the user has named. */
  BuildException at(Path file) {
    return sentence(file.toString(), "free some space there or name a file on another disk");
  }

  private BuildException sentence(String place, String remedy) {
    return new BuildException(
        Category.ENVIRONMENT,
        "tried to " + tried + ", but the disk of " + place + " is full; " + remedy,
        this);
  }
}
