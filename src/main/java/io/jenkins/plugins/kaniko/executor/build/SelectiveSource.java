package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.context.PathPatterns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A source of which COPY sees a part: without what {@code --exclude} names, and with {@code
 * --parents} only what the pattern names and the directories above it.
 *
 * @param root path in the source that the patterns are relative to
 * @param only empty for everything
 */
record SelectiveSource(
    CopySource source, String root, Optional<PathPatterns> only, PathPatterns except)
    implements CopySource {

  @Override
  public List<Item> match(String pattern) throws UnusableException, IOException {
    return source.match(pattern);
  }

  @Override
  public Item exactly(String path) throws UnusableException, IOException {
    return source.exactly(path);
  }

  @Override
  public List<Item> children(Item directory) throws UnusableException, IOException {
    List<Item> chosen = new ArrayList<>();
    for (Item child : source.children(directory)) {
      if (isChosen(child)) {
        chosen.add(child);
      }
    }
    return chosen;
  }

  private boolean isChosen(Item item) throws UnusableException, IOException {
    String path = item.entry().path();
    String relative = root.isEmpty() ? path : path.substring(root.length() + 1);
    boolean directory = item.entry().isDirectory();
    if (except.matches(relative) && !(directory && except.mayExceptBelow(relative))) {
      return false;
    }
    return only.isEmpty()
        || only.get().matches(relative)
        || (directory && !children(item).isEmpty());
  }
}
