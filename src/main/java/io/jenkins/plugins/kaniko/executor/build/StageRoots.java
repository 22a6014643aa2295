package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.rootfs.PackedLayer;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystems;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import io.jenkins.plugins.kaniko.executor.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/** Gives stages that run commands their root directory, with all layers of their base in it. */
final class StageRoots {
  private StageRoots() {}

  /**
   * Makes the root directory.
   *
   * @param run the first instruction that needs it
   */
  static void prepare(BuildSession session, Stage stage, StageState state, Instruction run)
      throws BuildException, InterruptedException {
    requireSandbox(session, run);
    try {
      RootFilesystems.spreadSubdirectories(session.directory().path());
      Path directory = session.temporaryDirectory("stage");
      List<String> ignored = session.request().ignorePaths();
      if (session.rootKind() == BuildSession.RootKind.OVERLAY) {
        List<Path> trees = all(session, state.layers(), StageLayer::extracted);
        state.useRoot(RootFilesystems.overlay(directory, trees, ignored));
      } else {
        List<PackedLayer> layers =
            all(session, state.layers(), layer -> new PackedLayer(layer.blob(), layer.diffId()));
        state.useRoot(
            session.inPlace().isPresent()
                ? session.inPlace().get().fill(layers, ignored)
                : RootFilesystems.directory(directory, layers, ignored));
        for (StageLayer layer : state.layers()) {
          layer.contentVerified();
        }
      }
    } catch (IOException e) {
      throw Failures.io("make the root directory of stage " + stage.displayName(), e);
    }
  }

  /** What to mount to see a stage or an image as it stands, where overlays can be had. */
  static RootMount overlay(BuildSession session, StageState state, Path directory)
      throws BuildException, IOException, InterruptedException {
    List<Path> trees = all(session, state.layers(), StageLayer::extracted);
    return RootFilesystems.overlay(directory, trees, List.of()).beginRun(List.of());
  }

  /** Says where and why a command cannot be run, before anything is fetched for it. */
  static void requireSandbox(BuildSession session, Instruction run) throws BuildException {
    if (session.undecided()) {
      throw new SandboxNeededException();
    }
    if (session.rootKind() == BuildSession.RootKind.NONE) {
      String reason = session.decision().whyNoCommandRuns();
      throw new BuildException(
          Category.ENVIRONMENT, reason, Failures.location(run), new SandboxException(reason));
    }
  }

  @FunctionalInterface
  private interface Access<T> {
    T of(StageLayer layer) throws BuildException, InterruptedException;
  }

  /** Fetches and extracts side by side. */
  private static <T> List<T> all(BuildSession session, List<StageLayer> layers, Access<T> access)
      throws BuildException, InterruptedException {
    List<Future<T>> futures = new ArrayList<>();
    for (StageLayer layer : layers) {
      Callable<T> task = () -> access.of(layer);
      futures.add(session.background().submit(task));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(Failures.await(future));
    }
    return results;
  }
}
