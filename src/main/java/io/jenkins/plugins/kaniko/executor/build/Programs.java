package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds programs in an image as execvp does, to name a missing one before anything is started. */
final class Programs {
  /** Mounted for the command, and not in the image. */
  private static final List<String> MOUNTED = List.of("proc", "dev", "sys");

  private final MergedTree tree;
  private final String workingDirectory;

  Programs(MergedTree tree, String workingDirectory) {
    this.tree = tree;
    this.workingDirectory = workingDirectory;
  }

  /** Whether a word names a file; what lies below a mount point counts as one. */
  boolean isThere(String word, Map<String, String> environment) throws IOException {
    List<String> candidates =
        word.contains("/")
            ? List.of(word)
            : Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .map(directory -> directory.isEmpty() ? word : directory + "/" + word)
                .toList();
    for (String candidate : candidates) {
      String path = tree.resolve(CopyStep.absolute(workingDirectory, candidate), true);
      if (MOUNTED.contains(path.split("/", 2)[0]) || tree.lstat(path).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
