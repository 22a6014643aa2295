package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What commands need and what is made once per build: see {@code prepare.sh}. All of it lies on a
 * tmpfs that only this mount namespace sees.
 *
 * @param directory the mount point of that tmpfs
 */
record Workshop(Path directory) {
  /** Makes one on a new directory below the given one. */
  static Workshop prepare(Path workDir, Rung rung) throws SandboxException, InterruptedException {
    try {
      Path directory =
          Files.createTempDirectory(Files.createDirectories(workDir).toRealPath(), "sandbox");
      if (directory.toString().indexOf('\\') >= 0 || directory.toString().indexOf('\n') >= 0) {
        throw new IOException(directory + " holds a backslash or a line break");
      }
      Workshop workshop = new Workshop(directory);
      try {
        workshop.fill(rung);
      } catch (InterruptedException e) {
        // What is mounted already would keep the directory of the build from being deleted.
        workshop.remove();
        throw e;
      }
      return workshop;
    } catch (IOException e) {
      throw new SandboxException(
          "tried to prepare the sandbox in "
              + workDir
              + ", but "
              + e.getMessage()
              + "; try another directory",
          e);
    }
  }

  private void fill(Rung rung) throws IOException, InterruptedException {
    HostTools.Outcome outcome =
        HostTools.run(
            List.of(
                "sh",
                "-c",
                Scripts.PREPARE,
                "prepare",
                directory.toString(),
                Fstab.escape(directory.toString()),
                Fstab.system(directory, rung),
                Fstab.devices(directory, rung)));
    if (outcome.exitCode() != 0) {
      throw new IOException(outcome.output());
    }
    Files.writeString(runScript(), Scripts.RUN);
  }

  Path runScript() {
    return directory.resolve("run.sh");
  }

  Path root() {
    return directory.resolve("root");
  }

  /** A file of one run. */
  Path file(int run, String suffix) {
    return directory.resolve(run + suffix);
  }

  void remove() throws SandboxException {
    // An interrupt must not cut the clean-up short that it asked for.
    boolean interrupted = Thread.interrupted();
    try {
      HostTools.Outcome outcome = HostTools.run(List.of("umount", "-l", directory.toString()));
      if (outcome.exitCode() != 0) {
        throw new IOException(outcome.output());
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new SandboxException(
          "tried to remove "
              + directory
              + ", but "
              + e.getMessage()
              + "; try to remove it when the build has ended",
          e);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
