package io.jenkins.plugins.kaniko.executor.source;

import io.jenkins.plugins.kaniko.executor.layer.Decompressor;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Unpacks tar archives, plain or under gzip, bzip2, xz or zstd. */
public final class TarArchives {
  private TarArchives() {}

  /**
   * Unpacks an archive. Owners are left out, and so is what the archive says of its root; names
   * with {@code ..} stay below the target.
   *
   * @param name for messages
   * @param archive not closed
   * @param target empty directory
   * @throws SourceException if it is no archive, or has what a context cannot have
   */
  public static void unpack(String name, InputStream archive, Path target)
      throws SourceException, IOException {
    PlainTree tree = new PlainTree(target, true);
    InputStream in;
    TarReader reader;
    LayerEntry entry;
    try {
      in = Decompressor.open(archive);
      reader = new TarReader(in);
      entry = reader.next();
    } catch (IOException e) {
      throw failure(name, "it is no tar archive", e);
    }
    if (entry == null) {
      throw failure(name, "it is empty or no tar archive", null);
    }
    while (entry != null) {
      write(name, entry, reader, tree);
      try {
        entry = reader.next();
      } catch (IOException e) {
        throw failure(name, "it is damaged: " + reason(e), e);
      }
    }
    tree.finish();
  }

  private static void write(String name, LayerEntry entry, TarReader reader, PlainTree tree)
      throws SourceException, IOException {
    String path = entry.path();
    if (path.isEmpty()) {
      return;
    }
    switch (entry.type()) {
      case DIRECTORY -> tree.directory(path, entry.mode(), entry.mtime());
      case FILE ->
          tree.file(path, entry.mode(), entry.mtime(), out -> reader.content().transferTo(out));
      case SYMLINK -> tree.symlink(path, entry.linkTarget(), entry.mtime());
      case HARDLINK -> tree.hardlink(path, entry.linkTarget());
      case FIFO, CHAR_DEVICE, BLOCK_DEVICE, WHITEOUT ->
          throw failure(
              name, path.replaceAll("\\p{Cntrl}", "?") + " in it is a pipe or a device", null);
    }
  }

  private static String reason(IOException e) {
    return String.valueOf(e.getMessage()).replaceFirst("^tried to read a layer, but ", "");
  }

  private static SourceException failure(String name, String reason, Throwable cause) {
    return new SourceException(
        "tried to unpack " + name + ", but " + reason + "; give a tar, plain or compressed", cause);
  }
}
