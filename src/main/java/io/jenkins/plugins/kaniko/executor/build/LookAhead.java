package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.context.Glob;
import io.jenkins.plugins.kaniko.executor.dockerfile.CopyInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.WorkdirInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Begins in the background what a build is certain to need: the images that its stages start from,
 * their lists of files, and the directories that are copied from the context. What fails here fails
 * again where it is used, and is reported there.
 */
final class LookAhead {
  /** Finds what a stage begins with. */
  @FunctionalInterface
  interface Bases {
    /** Empty when it is no image of a registry. */
    Optional<StageState> find(Stage stage) throws BuildException, InterruptedException;
  }

  private final BuildSession session;
  private final boolean cached;

  /**
   * @param cached whether the steps may come from a cache, which spares the files of base images
   */
  LookAhead(BuildSession session, boolean cached) {
    this.session = session;
    this.cached = cached;
  }

  void begin(List<Stage> stages, Bases bases) {
    List<String> directories = new ArrayList<>();
    for (Stage stage : stages) {
      begin(() -> base(stage, bases));
      directories.addAll(directories(stage));
    }
    if (!directories.isEmpty()) {
      begin(() -> context(directories));
    }
  }

  private void base(Stage stage, Bases bases) throws BuildException, InterruptedException {
    Optional<StageState> state = bases.find(stage);
    if (state.isPresent() && !cached && readsBase(stage)) {
      for (StageLayer layer : state.get().layers()) {
        layer.tree();
      }
    }
  }

  private void context(List<String> directories) throws ContextException {
    for (String directory : directories) {
      session.context().readAhead(directory);
    }
  }

  /** A command needs the files themselves, which bring the list with them. */
  private static boolean readsBase(Stage stage) {
    return stage.instructions().stream().noneMatch(RunInstruction.class::isInstance)
        && stage.instructions().stream().anyMatch(LookAhead::readsBelow);
  }

  private static boolean readsBelow(Instruction step) {
    return step instanceof WorkdirInstruction
        || (step instanceof TransferInstruction transfer && !transfer.link());
  }

  /** What is copied before a command runs, as far as the instructions say it plainly. */
  private static List<String> directories(Stage stage) {
    List<String> directories = new ArrayList<>();
    for (Instruction step : stage.instructions()) {
      if (step instanceof RunInstruction) {
        break;
      }
      if (step instanceof CopyInstruction copy && copy.from().isEmpty()) {
        copy.sources().stream()
            .filter(source -> !source.contains("$") && !Glob.isWildcard(source))
            .forEach(directories::add);
      }
    }
    return directories;
  }

  /** A task that is begun. */
  @FunctionalInterface
  private interface Task {
    void run() throws BuildException, ContextException, InterruptedException;
  }

  private void begin(Task task) {
    var unused =
        session
            .background()
            .submit(
                () -> {
                  task.run();
                  return null;
                });
  }
}
