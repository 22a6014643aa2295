package io.jenkins.plugins.kaniko.executor.context;

import java.util.ArrayList;
import java.util.List;

/**
 * Expands COPY and ADD sources. Wildcards do not go through symlinked directories, as in BuildKit.
 */
final class SourceMatcher {
  private final BuildContext context;

  SourceMatcher(BuildContext context) {
    this.context = context;
  }

  List<SourceMatch> match(String source, List<String> components) throws ContextException {
    int plain = 0;
    while (plain < components.size() && !Glob.isWildcard(components.get(plain))) {
      plain++;
    }
    ContextEntry start = context.require(source, components.subList(0, plain));
    if (plain == components.size()) {
      String name = components.isEmpty() ? "" : components.get(plain - 1);
      return List.of(new SourceMatch(name, start));
    }
    List<Glob> globs = new ArrayList<>();
    for (String component : components.subList(plain, components.size())) {
      try {
        globs.add(Glob.forName(component));
      } catch (IllegalArgumentException e) {
        throw new ContextException(
            "tried to use the pattern \"%s\", but %s; correct the pattern"
                .formatted(source, e.getMessage()),
            e);
      }
    }
    List<SourceMatch> matches = new ArrayList<>();
    collect(start, globs, matches);
    return matches;
  }

  private void collect(ContextEntry directory, List<Glob> globs, List<SourceMatch> matches)
      throws ContextException {
    if (!directory.isDirectory()) {
      return;
    }
    for (ContextEntry child : context.list(directory)) {
      if (!globs.get(0).matches(child.name())) {
        continue;
      }
      if (globs.size() > 1) {
        collect(child, globs.subList(1, globs.size()), matches);
      } else {
        List<String> path = List.of(child.path().split("/"));
        matches.add(new SourceMatch(child.name(), context.require(child.path(), path)));
      }
    }
  }
}
