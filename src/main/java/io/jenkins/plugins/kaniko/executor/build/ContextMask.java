package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.ContextEntry;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What hides the excluded files of a directory when it lies on top of it. */
final class ContextMask {
  private final BuildContext context;
  private final ContextEntry directory;
  private final List<LayerEntry> mask = new ArrayList<>();
  private final Set<String> there = new HashSet<>();

  private ContextMask(BuildContext context, ContextEntry directory) {
    this.context = context;
    this.directory = directory;
  }

  /**
   * Whiteouts, each behind the directories above it, whose attributes would otherwise be lost; the
   * first entry is the directory itself.
   */
  static List<LayerEntry> of(
      BuildContext context, ContextEntry directory, List<ContextEntry> excluded)
      throws ContextException {
    ContextMask mask = new ContextMask(context, directory);
    mask.directory(directory.path());
    for (ContextEntry entry : excluded) {
      mask.directory(parent(entry.path()));
      mask.mask.add(LayerEntry.whiteout(mask.below(entry.path())));
    }
    return mask.mask;
  }

  private void directory(String path) throws ContextException {
    if (!there.add(path)) {
      return;
    }
    ContextEntry entry = directory;
    if (!path.equals(directory.path())) {
      directory(parent(path));
      entry = context.lookup(path).orElseThrow();
    }
    mask.add(LayerEntry.directory(below(path), entry.mode(), 0, 0, entry.mtime().getEpochSecond()));
  }

  private String below(String path) {
    String base = directory.path();
    return base.isEmpty() || path.equals(base)
        ? path.substring(base.length())
        : path.substring(base.length() + 1);
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
