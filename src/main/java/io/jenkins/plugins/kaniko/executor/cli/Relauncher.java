package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildException;
import io.jenkins.plugins.kaniko.executor.build.BuildRequest;
import java.util.List;
import java.util.OptionalInt;

/**
 * Decides whether this process does the build. If namespaces are needed, the same program is run
 * once more inside of them, with the same arguments and standard streams; that process reports,
 * writes the output files, and does not relaunch again.
 */
@FunctionalInterface
interface Relauncher {
  Relauncher NEVER = (request, args) -> OptionalInt.empty();

  /**
   * Runs the build in another process, if it cannot run in this one.
   *
   * @return the exit code of the other process, or empty if the build is to run here
   * @throws InterruptedException if interrupted; the other process has ended by then
   */
  OptionalInt relaunch(BuildRequest request, List<String> args)
      throws BuildException, InterruptedException;
}
