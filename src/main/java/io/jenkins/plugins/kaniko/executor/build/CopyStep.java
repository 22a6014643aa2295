package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.dockerfile.AddInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** COPY and ADD: from sources to the entries of a layer. */
final class CopyStep {
  private final BuildSession session;

  CopyStep(BuildSession session) {
    this.session = session;
  }

  /**
   * Plans the layer of an instruction.
   *
   * @param instruction with its variables expanded
   * @param source the context, or what {@code --from} names
   * @param fromContext files get the owner root unless {@code --chown} says otherwise
   */
  List<LayerItem> items(
      TransferInstruction instruction, StageState state, CopySource source, boolean fromContext)
      throws BuildException, InterruptedException {
    try {
      CopyPlan plan = new CopyPlan(state.tree(), attributes(instruction, state, fromContext));
      List<Item> found = new ArrayList<>();
      for (String pattern : instruction.sources()) {
        List<Item> matches = source.match(pattern);
        if (matches.isEmpty()) {
          throw new UnusableException(
              "tried to copy \""
                  + pattern
                  + "\", but no file matches it; check the pattern and .dockerignore");
        }
        found.addAll(matches);
      }
      String written = instruction.destination();
      boolean directory = endsLikeDirectory(written);
      if (found.size() > 1 && !directory && instruction.sources().size() > 1) {
        throw new UnusableException(
            "tried to copy several sources to "
                + written
                + ", but it is not named as a directory; end the destination with a slash");
      }
      String destination = absolute(state.workingDirectory(), written);
      for (Item item : found) {
        if (instruction instanceof AddInstruction
            && item.entry().isFile()
            && Archive.isArchive(item.content())) {
          new Archive(session, item)
              .unpack(
                  plan,
                  state.tree().resolve(destination, true),
                  attributes(instruction, state, false).owner());
        } else {
          plan.copy(source, item, destination, directory);
        }
      }
      source.prefetch(plan.files());
      return plan.items();
    } catch (UnusableException e) {
      throw Failures.at(instruction, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("copy " + String.join(" ", instruction.sources()), e);
    }
  }

  private CopyPlan.Attributes attributes(
      TransferInstruction instruction, StageState state, boolean fromContext)
      throws BuildException, InterruptedException, IOException {
    Optional<Users.Owner> owner = fromContext ? Optional.of(Users.Owner.ROOT) : Optional.empty();
    if (instruction.chown().isPresent()) {
      try {
        owner = Optional.of(Users.of(state.tree()).owner(instruction.chown().get()));
      } catch (Users.UnknownNameException e) {
        throw Failures.at(
            instruction,
            "tried to resolve --chown=" + instruction.chown().get() + ", but " + e.getMessage(),
            e);
      }
    }
    Optional<ModeChange> mode = instruction.chmod().map(ModeChange::parse);
    return new CopyPlan.Attributes(owner, mode, session.clock().instant().getEpochSecond());
  }

  private static boolean endsLikeDirectory(String destination) {
    return destination.endsWith("/")
        || destination.equals(".")
        || destination.equals("..")
        || destination.endsWith("/.")
        || destination.endsWith("/..");
  }

  /** A path of an instruction, taken from the working directory. */
  static String absolute(String workingDirectory, String path) {
    return path.startsWith("/") ? path : workingDirectory + "/" + path;
  }
}
