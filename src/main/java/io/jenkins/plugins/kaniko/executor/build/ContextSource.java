package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.ContextEntry;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The build context: its files belong to root in the image, whoever checked them out. */
final class ContextSource implements CopySource {
  private final BuildContext context;
  private final Consumer<String> skipped;
  private final Set<String> told = new HashSet<>();
  private final java.util.Map<String, ContextEntry> seen = new java.util.HashMap<>();

  /**
   * @param skipped is told the path of each file that no image can hold
   */
  ContextSource(BuildContext context, Consumer<String> skipped) {
    this.context = context;
    this.skipped = skipped;
  }

  /** A context of a build, which is told of files that are left out. */
  static ContextSource of(BuildSession session, BuildContext context) {
    return new ContextSource(
        context,
        path ->
            session.message(
                BuildEvent.Level.WARN,
                "left out /" + path + " of the context: an image holds no sockets and devices"));
  }

  @Override
  public List<Item> match(String pattern) throws UnusableException {
    try {
      List<Item> items = new ArrayList<>();
      for (var match : context.match(pattern)) {
        item(match.name(), match.entry()).ifPresent(items::add);
      }
      return items;
    } catch (ContextException e) {
      throw new UnusableException(e.getMessage(), e);
    }
  }

  @Override
  public Item exactly(String path) throws UnusableException {
    try {
      return context
          .lookup(path)
          .flatMap(entry -> item(entry.name(), entry))
          .orElseThrow(
              () -> new UnusableException("tried to use " + path + ", but there is no such file"));
    } catch (ContextException e) {
      throw new UnusableException(e.getMessage(), e);
    }
  }

  @Override
  public List<Item> children(Item directory) throws UnusableException {
    try {
      List<Item> items = new ArrayList<>();
      for (ContextEntry child : context.list(seen.get(directory.entry().path()))) {
        item(child.name(), child).ifPresent(items::add);
      }
      return items;
    } catch (ContextException e) {
      throw new UnusableException(e.getMessage(), e);
    }
  }

  private Optional<Item> item(String name, ContextEntry entry) {
    Optional<EntryType> type = type(entry.type());
    if (type.isEmpty()) {
      if (told.add(entry.path())) {
        skipped.accept(entry.path());
      }
      return Optional.empty();
    }
    if (entry.isDirectory()) {
      seen.put(entry.path(), entry);
    }
    boolean file = type.get() == EntryType.FILE;
    LayerEntry layerEntry =
        new LayerEntry(
            entry.path(),
            type.get(),
            entry.mode(),
            0,
            0,
            file ? entry.size() : 0,
            entry.mtime().getEpochSecond(),
            entry.linkTarget(),
            0,
            0,
            Map.of());
    Optional<Object> linkKey =
        type.get() != EntryType.DIRECTORY && entry.nlink() > 1
            ? Optional.of(List.of(entry.device(), entry.inode()))
            : Optional.empty();
    Content content = file ? Content.of(entry.file()) : LayerItem.NO_CONTENT;
    return Optional.of(new Item(name, layerEntry, content, linkKey));
  }

  /** Sockets have no place in a layer, and devices of a workspace none in an image. */
  private static Optional<EntryType> type(ContextEntry.Type type) {
    return switch (type) {
      case REGULAR -> Optional.of(EntryType.FILE);
      case DIRECTORY -> Optional.of(EntryType.DIRECTORY);
      case SYMLINK -> Optional.of(EntryType.SYMLINK);
      case FIFO -> Optional.of(EntryType.FIFO);
      case SOCKET, CHAR_DEVICE, BLOCK_DEVICE -> Optional.empty();
    };
  }
}
