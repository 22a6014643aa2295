package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.WorkdirInstruction;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** WORKDIR: makes the directory, as the user of the stage. */
final class WorkdirStep {
  private final BuildSession session;

  WorkdirStep(BuildSession session) {
    this.session = session;
  }

  /** The directories that are missing; none if all are there. */
  List<LayerItem> items(WorkdirInstruction workdir, StageState state)
      throws BuildException, InterruptedException {
    String path = state.workingDirectory();
    try {
      CopyPlan plan = new CopyPlan(state.tree(), owner(workdir, state));
      String resolved = state.tree().resolve(path, true);
      plan.makeDirectories(resolved);
      boolean there = state.tree().lstat(resolved).isPresent();
      return there ? List.of() : plan.items();
    } catch (CopySource.UnusableException e) {
      throw Failures.at(
          workdir,
          "tried to make the working directory " + path + ", but it is a file; name another",
          e);
    } catch (IOException e) {
      throw Failures.io("make the working directory " + path, e);
    }
  }

  private CopyPlan.Attributes owner(WorkdirInstruction workdir, StageState state)
      throws BuildException, InterruptedException, IOException {
    String user = state.config().user().orElse("");
    Users.Owner owner = Users.Owner.ROOT;
    if (!user.isEmpty()) {
      try {
        owner = Users.of(state.tree()).owner(user);
      } catch (Users.UnknownNameException e) {
        throw Failures.at(
            workdir,
            "tried to make the working directory for USER " + user + ", but " + e.getMessage(),
            e);
      }
    }
    return new CopyPlan.Attributes(
        Optional.of(owner), Optional.empty(), session.imageTime().getEpochSecond());
  }
}
