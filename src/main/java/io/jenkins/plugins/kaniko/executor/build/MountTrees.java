package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.ContextEntry;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystems;
import io.jenkins.plugins.kaniko.executor.sandbox.OverlaySupport;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import io.jenkins.plugins.kaniko.executor.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of the context, a stage or an image as something that can be mounted. What a command writes
 * to it is gone after the command.
 */
final class MountTrees {
  private static final String CONTENT = "content";

  private final BuildSession session;

  /**
   * A mountable file or directory.
   *
   * @param path absolute in the root, with every symlink resolved
   */
  record Source(RootMount root, String path, boolean directory) {}

  MountTrees(BuildSession session) {
    this.session = session;
  }

  /**
   * A file or directory of a context. It looks as it would after COPY: without what .dockerignore
   * excludes, and all of it root's.
   *
   * @param context of the build, or one with a name
   * @param scratch for what has to be made; empty, deleted by the caller after the command
   */
  Source ofContext(BuildContext context, String path, boolean writable, Path scratch)
      throws UnusableException, IOException, InterruptedException {
    try {
      Optional<ContextEntry> found = context.lookup(path);
      if (found.isEmpty()) {
        context.match(path);
        throw new UnusableException(
            "tried to mount \"" + path + "\" of the build context, but there is no such file");
      }
      if (isOrdinary(context, found.get())) {
        Optional<Source> inPlace = inPlace(context, found.get(), writable, scratch);
        if (inPlace.isPresent()) {
          return inPlace.get();
        }
      }
      ContextSource source = ContextSource.of(session, context);
      String exact = "/" + found.get().path();
      Item item = source.exactly(exact);
      if (writable) {
        return copied(source, item, scratch);
      }
      // One copy serves all commands.
      String hash =
          Digest.sha256((context.root().file() + exact).getBytes(StandardCharsets.UTF_8)).hex();
      Path views = Files.createDirectories(session.directory().path().resolve("views"));
      Path view = views.resolve(hash);
      if (!Files.exists(view)) {
        copied(source, item, scratch);
        Files.move(scratch, view, StandardCopyOption.ATOMIC_MOVE);
      }
      return new Source(
          new RootMount.Directory(root(view)), "/" + CONTENT, item.entry().isDirectory());
    } catch (ContextException e) {
      throw new UnusableException(e.getMessage(), e);
    }
  }

  /** A file or directory of a stage or an image; parameters as of {@link #ofContext}. */
  Source ofStage(Origin.Image origin, String path, Path scratch)
      throws BuildException, UnusableException, IOException, InterruptedException {
    MergedTree tree = origin.state().tree();
    if (session.rootKind() == BuildSession.RootKind.OVERLAY) {
      String resolved = tree.resolve(path, true);
      MergedTree.Node node =
          tree.lstat(resolved)
              .orElseThrow(
                  () ->
                      new UnusableException(
                          "tried to mount /"
                              + resolved
                              + " of "
                              + origin.name()
                              + ", but there is no such file; source is relative to its root"
                              + " directory"));
      RootMount root = StageRoots.overlay(session, origin.state(), scratch);
      return new Source(root, "/" + resolved, node.entry().isDirectory());
    }
    TreeSource source = new TreeSource(tree, origin.name());
    return copied(source, source.exactly(path), scratch);
  }

  /** Copies a file or directory; says where it lies on the disk. */
  Path copyOf(CopySource source, Item item, Path directory) throws UnusableException, IOException {
    copied(source, item, directory);
    return root(directory).resolve(CONTENT);
  }

  private static Path root(Path directory) {
    return directory.resolve("root");
  }

  private static Source copied(CopySource source, Item item, Path directory)
      throws UnusableException, IOException {
    List<Item> found = new ArrayList<>();
    collect(source, item, found);
    source.prefetch(found.stream().filter(each -> each.entry().isFile()).toList());
    String base = item.entry().path();
    Map<Object, String> firstNames = new HashMap<>();
    List<LayerItem> items = new ArrayList<>();
    for (Item each : found) {
      LayerEntry entry = each.entry();
      String below =
          base.isEmpty() || entry.path().equals(base)
              ? entry.path().substring(base.length())
              : entry.path().substring(base.length() + 1);
      LayerEntry moved = entry.withPath(Names.join(CONTENT, below));
      String first =
          each.linkKey().isPresent()
              ? firstNames.putIfAbsent(each.linkKey().get(), moved.path())
              : null;
      items.add(
          first == null
              ? moved.isFile() ? new LayerItem(moved, each.content()) : LayerItem.of(moved)
              : LayerItem.of(moved.asHardLinkTo(first)));
    }
    RootFilesystems.directory(directory, List.of(), List.of()).apply(items);
    return new Source(
        new RootMount.Directory(root(directory)), "/" + CONTENT, item.entry().isDirectory());
  }

  private static void collect(CopySource source, Item item, List<Item> found)
      throws UnusableException, IOException {
    found.add(item);
    if (item.entry().isDirectory()) {
      for (Item child : source.children(item)) {
        collect(source, child, found);
      }
    }
  }

  /** The very files, where what has to be hidden or is written can be kept apart from them. */
  private Optional<Source> inPlace(
      BuildContext context, ContextEntry entry, boolean writable, Path scratch)
      throws ContextException, IOException, InterruptedException {
    List<ContextEntry> excluded = entry.isDirectory() ? context.excludedBelow(entry) : List.of();
    if (!writable && excluded.isEmpty()) {
      RootMount root = new RootMount.Directory(context.root().file());
      return Optional.of(new Source(root, "/" + entry.path(), entry.isDirectory()));
    }
    Path own = session.directory().path().toRealPath();
    if (!entry.isDirectory()
        || session.rootKind() != BuildSession.RootKind.OVERLAY
        || own.startsWith(entry.file())
        || entry.file().startsWith(own)
        || !canShow(entry.file(), scratch)) {
      return Optional.empty();
    }
    List<LayerEntry> mask = ContextMask.of(context, entry, excluded);
    return Optional.of(new Source(RootFilesystems.masked(scratch, entry.file(), mask), "/", true));
  }

  private static boolean canShow(Path directory, Path scratch)
      throws IOException, InterruptedException {
    try {
      return OverlaySupport.canShow(directory, scratch);
    } catch (SandboxException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Whether all that is visible of it is root's, of a kind that COPY knows, and in one place. */
  private static boolean isOrdinary(BuildContext context, ContextEntry entry)
      throws ContextException {
    if (!isOrdinary(entry, entry.device())) {
      return false;
    }
    if (!entry.isDirectory()) {
      return true;
    }
    try {
      context.walk(
          entry,
          below -> {
            if (!isOrdinary(below, entry.device())) {
              throw new NotOrdinaryException();
            }
          });
      return true;
    } catch (NotOrdinaryException e) {
      return false;
    }
  }

  private static boolean isOrdinary(ContextEntry entry, long device) {
    boolean kind =
        switch (entry.type()) {
          case REGULAR, DIRECTORY, SYMLINK -> true;
          case FIFO, SOCKET, CHAR_DEVICE, BLOCK_DEVICE -> false;
        };
    return kind && entry.uid() == 0 && entry.gid() == 0 && entry.device() == device;
  }

  private static final class NotOrdinaryException extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
