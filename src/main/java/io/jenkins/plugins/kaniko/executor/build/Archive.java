package io.jenkins.plugins.kaniko.executor.build;

import com.github.luben.zstd.ZstdInputStream;
import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.layer.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

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
    try (InputStream in = decompressed(content)) {
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
    try (InputStream in = decompressed(file.content())) {
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

  private static InputStream decompressed(Content content) throws IOException {
    InputStream in = new BufferedInputStream(content.open(), 1 << 16);
    try {
      in.mark(8);
      byte[] magic = in.readNBytes(6);
      in.reset();
      if (startsWith(magic, 0x1f, 0x8b)) {
        return new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16);
      }
      if (startsWith(magic, 'B', 'Z', 'h')) {
        return new BufferedInputStream(new BZip2CompressorInputStream(in, true), 1 << 16);
      }
      if (startsWith(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
        return new BufferedInputStream(
            XZCompressorInputStream.builder()
                .setInputStream(in)
                .setDecompressConcatenated(true)
                .get(),
            1 << 16);
      }
      if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
        return new BufferedInputStream(new ZstdInputStream(in), 1 << 16);
      }
      return in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
