package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.Decompressor;
import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.layer.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A local tar that ADD unpacks: plain, gzip, bzip2, xz or zstd, recognised by its bytes. */
final class Archive {
  private final BuildSession session;
  private final Item file;

  Archive(BuildSession session, Item file) {
    this.session = session;
    this.file = file;
  }

  /** True when the content is a tar, under whatever compression. */
  static boolean isArchive(Content content) throws IOException {
    try (InputStream in = Decompressor.open(content.open())) {
      return new TarReader(in).next() != null;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Adds what is in the archive to a plan.
   *
   * @param directory resolved path in the image that it is unpacked to
   * @param owner of everything; empty to keep what the archive says
   */
  void unpack(CopyPlan plan, String directory, Optional<Users.Owner> owner)
      throws UnusableException, IOException {
    plan.makeDirectories(directory);
    try {
      add(plan, directory, owner);
    } catch (FileSystemException | ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      if (DiskFullException.isReason(e) || e instanceof InterruptedIOException) {
        throw e;
      }
      throw new UnusableException(
          "tried to unpack %s, but it is damaged (%s); make it anew, or keep it with --unpack=false"
              .formatted(file.entry().path(), e.getMessage()),
          e);
    }
  }

  private void add(CopyPlan plan, String directory, Optional<Users.Owner> owner)
      throws UnusableException, IOException {
    try (InputStream in = Decompressor.open(file.content().open())) {
      TarReader tar = new TarReader(in);
      for (LayerEntry raw = tar.next(); raw != null; raw = tar.next()) {
        // The archive's own root says nothing about the directory that it is unpacked to.
        if (raw.path().isEmpty()) {
          continue;
        }
        LayerEntry entry = raw.withPath(Names.join(directory, raw.path()));
        if (owner.isPresent()) {
          entry = entry.withOwner(owner.get().uid(), owner.get().gid());
        }
        if (entry.type() == EntryType.HARDLINK) {
          entry = entry.asHardLinkTo(Names.join(directory, raw.linkTarget()));
        }
        plan.add(entry, entry.isFile() ? spooled(tar.content()) : LayerItem.NO_CONTENT);
      }
    }
  }

  private Content spooled(InputStream content) throws IOException {
    Path spool = session.temporary("archive");
    Files.copy(content, spool, StandardCopyOption.REPLACE_EXISTING);
    return Content.of(spool);
  }
}
