package io.jenkins.plugins.kaniko.executor.context;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds what a path leads to, component by component, without leaving the root. */
final class LinkResolver {
  private static final int MAX_LINKS = 40; // as Linux

  private final ContextEntry root;
  private final boolean clamp;
  private final Predicate<String> visible;

  /**
   * @param clamp whether links that lead out of the root stop there, as under chroot; otherwise
   *     they are an error
   * @param visible asked for every symlink on the way
   */
  LinkResolver(ContextEntry root, boolean clamp, Predicate<String> visible) {
    this.root = root;
    this.clamp = clamp;
    this.visible = visible;
  }

  /**
   * @return the file at the end of all links, or empty if there is none or a link is not visible
   * @throws ContextException if a link leads out of the root, or there are too many
   */
  Optional<ContextEntry> resolve(List<String> components) throws ContextException {
    Deque<String> rest = new ArrayDeque<>(components);
    List<ContextEntry> trail = new ArrayList<>(List.of(root));
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.pop();
      ContextEntry here = trail.get(trail.size() - 1);
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        if (trail.size() > 1) {
          trail.remove(trail.size() - 1);
        }
        continue;
      }
      if (!here.isDirectory() || name.indexOf('\0') >= 0) {
        return Optional.empty();
      }
      String path = ContextPaths.join(here.path(), name);
      Optional<ContextEntry> child = FileTree.stat(path, FileNames.resolve(here.file(), name));
      if (child.isEmpty()) {
        return Optional.empty();
      }
      ContextEntry found = child.get();
      if (found.type() != ContextEntry.Type.SYMLINK) {
        trail.add(found);
        continue;
      }
      if (!visible.test(path)) {
        return Optional.empty();
      }
      if (++links > MAX_LINKS) {
        throw new ContextException(
            "tried to follow the symlink \"%s\", but it leads in a circle; correct the link"
                .formatted(path));
      }
      if (!clamp && leadsOut(found, trail.size() - 1)) {
        throw new ContextException(
            "tried to follow the symlink \"%s\", but its target \"%s\" lies outside of the build context; copy the file into the context"
                .formatted(path, found.linkTarget()));
      }
      if (found.linkTarget().startsWith("/")) {
        trail.subList(1, trail.size()).clear();
      }
      String[] target = found.linkTarget().split("/", -1);
      for (int i = target.length - 1; i >= 0; i--) {
        rest.push(target[i]);
      }
    }
    return Optional.of(trail.get(trail.size() - 1));
  }

  private static boolean leadsOut(ContextEntry link, int directoryDepth) {
    if (link.linkTarget().startsWith("/")) {
      return true;
    }
    int depth = directoryDepth;
    for (String part : link.linkTarget().split("/", -1)) {
      if (part.equals("..")) {
        depth--;
      } else if (!part.isEmpty() && !part.equals(".")) {
        depth++;
      }
      if (depth < 0) {
        return true;
      }
    }
    return false;
  }
}
