package io.jenkins.plugins.kaniko.executor.context;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A directory as COPY and ADD see it: without what {@code .dockerignore} and the builder's own
 * directories exclude, and with its root as the boundary. Paths are relative to the root and
 * separated by slashes; a leading slash means the root, and so does {@code ..} in it. Lists are
 * sorted by the bytes of the names. A directory that is excluded shows as long as an exception
 * includes something below it.
 *
 * <p>Safe for several threads. Every call looks at the files anew, but for what {@link #readAhead}
 * has read, once.
 */
public final class BuildContext {
  private final ContextEntry root;
  private final DockerIgnore ignore;
  private final String ignoreFile;
  private final Set<String> hidden;
  private final boolean rootfs;
  private final LinkResolver links;
  private final ReadAhead ahead = new ReadAhead();

  private BuildContext(
      ContextEntry root,
      DockerIgnore ignore,
      String ignoreFile,
      Set<String> hidden,
      boolean rootfs) {
    this.root = root;
    this.ignore = ignore;
    this.ignoreFile = ignoreFile;
    this.hidden = Set.copyOf(hidden);
    this.rootfs = rootfs;
    this.links = new LinkResolver(root, rootfs, path -> !ignore.ignores(path));
  }

  /** What {@link #walk} calls. */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    void visit(ContextEntry entry) throws E;
  }

  /**
   * Opens a build context. {@code <Dockerfile>.dockerignore} beside the Dockerfile decides what is
   * excluded; without one, {@code .dockerignore} in the root.
   *
   * @param alwaysExcluded directories that are never visible, wherever they are
   */
  public static BuildContext open(Path directory, Path dockerfile, List<Path> alwaysExcluded)
      throws ContextException {
    ContextEntry root = rootOf(directory);
    Set<String> hidden = new HashSet<>();
    for (Path excluded : alwaysExcluded) {
      Path real = realPath(excluded);
      if (real.startsWith(root.file()) && !real.equals(root.file())) {
        hidden.add(relative(root.file(), real));
      }
    }
    Path own = dockerfile.resolveSibling(FileNames.of(dockerfile) + ".dockerignore");
    Path file = Files.isRegularFile(own) ? own : root.file().resolve(".dockerignore");
    String name = FileNames.of(file);
    DockerIgnore ignore = DockerIgnore.NONE;
    if (Files.isRegularFile(file)) {
      requireInside(root.file(), directory, file);
      ignore = DockerIgnore.parse(name, lines(file));
    }
    return new BuildContext(root, ignore, name, hidden, false);
  }

  /**
   * Opens a context of its own name: its own {@code .dockerignore} decides what is excluded.
   *
   * @param alwaysExcluded as of {@link #open}
   */
  public static BuildContext openNamed(Path directory, List<Path> alwaysExcluded)
      throws ContextException {
    return open(directory, directory.resolve("Dockerfile"), alwaysExcluded);
  }

  /**
   * Opens a root file system, for {@code COPY --from}: nothing is excluded, links end in the root.
   */
  public static BuildContext ofRootfs(Path directory) throws ContextException {
    return new BuildContext(rootOf(directory), DockerIgnore.NONE, "", Set.of(), true);
  }

  /**
   * Finds the Dockerfile as kaniko does: relative to the working directory, else to the context.
   *
   * @param given as on the command line
   */
  public static Path findDockerfile(Path contextRoot, String given) throws ContextException {
    Path found = null;
    for (Path candidate : List.of(Path.of(given), contextRoot.resolve(given))) {
      if (found == null && Files.isRegularFile(candidate)) {
        found = candidate;
      }
    }
    if (found == null) {
      boolean directory = Files.isDirectory(contextRoot.resolve(given));
      throw new ContextException(
          "tried to read the Dockerfile %s, but %s in %s; name it with --dockerfile"
              .formatted(
                  given, directory ? "it is a directory" : "there is no such file", contextRoot));
    }
    requireInside(realPath(contextRoot), contextRoot, found);
    return found;
  }

  /** Whether everything in the directory is visible. */
  public boolean isComplete() {
    return ignore == DockerIgnore.NONE && hidden.isEmpty();
  }

  /** The root directory itself. */
  public ContextEntry root() {
    return root;
  }

  /**
   * What a path leads to, after all symlinks.
   *
   * @return empty if there is nothing or it is excluded
   * @throws ContextException if a symlink on the way leads out of the context
   */
  public Optional<ContextEntry> lookup(String path) throws ContextException {
    return links.resolve(ContextPaths.below(path)).filter(this::maySee);
  }

  /**
   * The files that a COPY or ADD source stands for: one for a plain path, any number (even none)
   * for a pattern of Go's {@code filepath.Match}. Symlinks in the source are followed.
   *
   * @throws ContextException if a plain path or the directory of a pattern is missing (the message
   *     says so where it is because of an ignore rule), if a symlink leads out of the context, or
   *     if the pattern is not well-formed
   */
  public List<SourceMatch> match(String source) throws ContextException {
    return new SourceMatcher(this).match(source, ContextPaths.below(source));
  }

  /**
   * Reads a directory and those below it before somebody lists them. Does nothing for a file, or
   * for a path that leads nowhere.
   */
  public void readAhead(String path) throws ContextException {
    Optional<ContextEntry> start = lookup(path);
    if (start.isPresent() && start.get().isDirectory()) {
      Deque<ContextEntry> next = new ArrayDeque<>(List.of(start.get()));
      boolean more = true;
      while (more && !next.isEmpty()) {
        ContextEntry directory = next.removeFirst();
        List<ContextEntry> children = visible(directory);
        more = ahead.add(directory, children);
        children.stream().filter(ContextEntry::isDirectory).forEach(next::addLast);
      }
    }
  }

  /** The visible children of a directory. */
  public List<ContextEntry> list(ContextEntry directory) throws ContextException {
    Optional<List<ContextEntry>> known = ahead.take(directory);
    return known.isPresent() ? known.get() : visible(directory);
  }

  private List<ContextEntry> visible(ContextEntry directory) throws ContextException {
    DockerIgnore.Scope scope = ignore.scope(directory.path());
    List<ContextEntry> seen = new ArrayList<>();
    for (ContextEntry child : FileTree.children(directory)) {
      if (!hidden.contains(child.path()) && isVisible(child, ignore.scope(scope, child.path()))) {
        seen.add(child);
      }
    }
    return seen;
  }

  /** Visits everything visible below a directory, each directory before its children. */
  public <E extends Exception> void walk(ContextEntry directory, Visitor<E> visitor)
      throws ContextException, E {
    walk(directory, ignore.scope(directory.path()), new ArrayDeque<>(), visitor);
  }

  /**
   * What is not visible below a directory: of a directory that is not, nothing but itself; each
   * after what lies before it in a walk.
   */
  public List<ContextEntry> excludedBelow(ContextEntry directory) throws ContextException {
    List<ContextEntry> excluded = new ArrayList<>();
    if (!isComplete()) {
      collectExcluded(directory, ignore.scope(directory.path()), excluded);
    }
    return excluded;
  }

  /** Whether something below the directory is visible. */
  private boolean collectExcluded(
      ContextEntry directory, DockerIgnore.Scope scope, List<ContextEntry> excluded)
      throws ContextException {
    boolean any = false;
    for (ContextEntry child : FileTree.children(directory)) {
      int before = excluded.size();
      DockerIgnore.Scope inner = ignore.scope(scope, child.path());
      boolean below =
          !hidden.contains(child.path())
              && child.isDirectory()
              && (!inner.ignored() || ignore.mayIncludeBelow(child.path()))
              && collectExcluded(child, inner, excluded);
      boolean visible = !hidden.contains(child.path()) && (below || !inner.ignored());
      if (!visible) {
        excluded.subList(before, excluded.size()).clear();
        excluded.add(child);
      }
      any |= visible;
    }
    return any;
  }

  /** The content of a regular file. */
  public InputStream read(ContextEntry file) throws ContextException {
    try {
      return Files.newInputStream(file.file(), LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw FileTree.unreadable(file.path(), e);
    }
  }

  ContextEntry require(String source, List<String> components) throws ContextException {
    Optional<ContextEntry> found = links.resolve(components).filter(this::maySee);
    if (found.isPresent()) {
      return found.get();
    }
    throw new ContextException(
        "tried to find \"%s\" in the %s, but %s"
            .formatted(
                source,
                rootfs ? "image or stage" : "build context",
                whyMissing(source, String.join("/", components))));
  }

  /**
   * Whether {@code .dockerignore} excludes a path altogether, be there such a file or not.
   *
   * @param source as an instruction names it
   */
  public boolean excludes(String source) {
    String path = String.join("/", ContextPaths.below(source));
    return !path.isEmpty() && ignore.ignores(path) && !ignore.mayIncludeBelow(path);
  }

  private String whyMissing(String source, String path) throws ContextException {
    for (String name : hidden) {
      if (path.equals(name) || path.startsWith(name + "/")) {
        return "it belongs to the builder itself; copy what you need elsewhere";
      }
    }
    Optional<ContextEntry> entry =
        new LinkResolver(root, rootfs, any -> true).resolve(List.of(path.split("/")));
    if (entry.isEmpty()) {
      return ContextPaths.climbsOut(source) && !rootfs
          ? "nothing above its root is part of it, and there is no /"
              + path
              + "; move the file into the context, or choose a larger one"
          : "there is no such file; give a path from its root";
    }
    Optional<DockerIgnore.Rule> rule =
        ignore.reason(path).or(() -> ignore.reason(entry.get().path()));
    return rule.map(
            r ->
                "it is excluded by %s line %d: %s; add an exception (!%s) below that line"
                    .formatted(ignoreFile, r.line(), r.text(), path))
        .orElse("the symlink leads to an excluded file; name another");
  }

  private boolean maySee(ContextEntry entry) {
    String path = entry.path();
    if (hidden.stream().anyMatch(h -> path.equals(h) || path.startsWith(h + "/"))) {
      return false;
    }
    try {
      return isVisible(entry, ignore.scope(path));
    } catch (ContextException e) {
      // The directory cannot be listed: whoever uses it will hear of that.
      return true;
    }
  }

  private boolean isVisible(ContextEntry entry, DockerIgnore.Scope scope) throws ContextException {
    if (!scope.ignored()) {
      return true;
    }
    if (!entry.isDirectory() || !ignore.mayIncludeBelow(entry.path())) {
      return false;
    }
    for (ContextEntry child : FileTree.children(entry)) {
      if (!hidden.contains(child.path()) && isVisible(child, ignore.scope(scope, child.path()))) {
        return true;
      }
    }
    return false;
  }

  /** Excluded directories wait in {@code pending} until something below them proves visible. */
  private <E extends Exception> void walk(
      ContextEntry directory,
      DockerIgnore.Scope scope,
      Deque<ContextEntry> pending,
      Visitor<E> visitor)
      throws ContextException, E {
    for (ContextEntry child : FileTree.children(directory)) {
      if (hidden.contains(child.path())) {
        continue;
      }
      DockerIgnore.Scope inner = ignore.scope(scope, child.path());
      if (!inner.ignored()) {
        while (!pending.isEmpty()) {
          visitor.visit(pending.removeFirst());
        }
        visitor.visit(child);
        if (child.isDirectory()) {
          walk(child, inner, pending, visitor);
        }
      } else if (child.isDirectory() && ignore.mayIncludeBelow(child.path())) {
        pending.addLast(child);
        walk(child, inner, pending, visitor);
        pending.pollLast();
      }
    }
  }

  private static ContextEntry rootOf(Path directory) throws ContextException {
    try {
      ContextEntry root =
          FileTree.stat("", directory.toRealPath())
              .orElseThrow(() -> new NoSuchFileException(directory.toString()));
      if (root.isDirectory()) {
        return root;
      }
    } catch (IOException e) {
      throw new ContextException(
          "tried to open the build context %s, but there is no such directory; name it with --context"
              .formatted(directory),
          e);
    }
    throw new ContextException(
        "tried to open the build context %s, but it is not a directory; name one with --context"
            .formatted(directory));
  }

  /** A file that lies in the context must not be a way to read one that does not. */
  private static void requireInside(Path realRoot, Path directory, Path file)
      throws ContextException {
    Path lexical = file.toAbsolutePath().normalize();
    boolean claimed =
        lexical.startsWith(realRoot) || lexical.startsWith(directory.toAbsolutePath().normalize());
    if (claimed && !realPath(file).startsWith(realRoot)) {
      throw new ContextException(
          "tried to read %s, but it is a symlink that leads out of the build context; use a real file"
              .formatted(file));
    }
  }

  private static List<String> lines(Path file) throws ContextException {
    try {
      return FileNames.decode(Files.readAllBytes(file)).lines().toList();
    } catch (IOException e) {
      throw FileTree.unreadable(FileNames.of(file), e);
    }
  }

  /** The real path of what exists of it, and the rest as it is. */
  private static Path realPath(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      Path parent = absolute.getParent();
      return parent == null ? absolute : realPath(parent).resolve(absolute.getFileName());
    }
  }

  private static String relative(Path root, Path path) {
    Path parent = path.getParent();
    String above = parent.equals(root) ? "" : relative(root, parent);
    return ContextPaths.join(above, FileNames.of(path));
  }
}
