package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds programs in an image as execvp does, to name a missing one before anything is started. */
final class Programs {
  private static final int ANY_EXECUTE = 0111;

  /** Mounted for the command, and not in the image. */
  private static final List<String> MOUNTED = List.of("proc", "dev", "sys");

  private final MergedTree tree;
  private final String workingDirectory;

  Programs(MergedTree tree, String workingDirectory) {
    this.tree = tree;
    this.workingDirectory = workingDirectory;
  }

  /** Why nothing can be started by a word; what lies below a mount point is taken for good. */
  Optional<String> flaw(String word, Map<String, String> environment) throws IOException {
    List<String> candidates =
        word.contains("/")
            ? List.of(word)
            : Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .map(directory -> directory.isEmpty() ? word : directory + "/" + word)
                .toList();
    String flaw = "the image has no such program; install it first, or name one that is there";
    for (String candidate : candidates) {
      String path = tree.resolve(CopyStep.absolute(workingDirectory, candidate), true);
      if (MOUNTED.contains(path.split("/", 2)[0])) {
        return Optional.empty();
      }
      Optional<LayerEntry> entry = tree.lstat(path).map(MergedTree.Node::entry);
      if (entry.isPresent() && entry.get().isDirectory()) {
        flaw = "/" + path + " is a directory; name the program in it";
      } else if (entry.isPresent() && (entry.get().mode() & ANY_EXECUTE) == 0) {
        flaw =
            "/%s is not executable (its mode is %o); copy it with --chmod=755, or run it by an interpreter"
                .formatted(path, entry.get().mode());
      } else if (entry.isPresent()) {
        return Optional.empty();
      }
    }
    return Optional.of(flaw);
  }
}
