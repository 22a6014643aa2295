package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An index of a layer on disk, so that the layer need not be read again to answer for its paths.
 */
public final class LayerIndexFile {
  private static final String HEADER = "kaniko-build index 1";

  private LayerIndexFile() {}

  /**
   * Writes an index; its end has the digest of what stands before it.
   *
   * @param diffId of the layer, so that the file cannot be taken for another's
   */
  public static void write(Path file, Digest diffId, LayerIndex index) throws IOException {
    MessageDigest sum = Digest.newSha256();
    try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      DataOutputStream out = new DataOutputStream(new DigestOutputStream(raw, sum));
      text(out, HEADER);
      text(out, diffId.toString());
      Collection<LayerEntry> entries = index.entries();
      out.writeInt(entries.size());
      for (LayerEntry entry : entries) {
        write(out, entry);
      }
      Set<String> opaque = index.opaqueDirectories();
      out.writeInt(opaque.size());
      for (String directory : opaque) {
        text(out, directory);
      }
      out.flush();
      raw.write(sum.digest());
    }
  }

  /**
   * Reads an index.
   *
   * @throws IOException also when the file is damaged, or of another layer
   */
  public static LayerIndex read(Path file, Digest diffId) throws IOException {
    MessageDigest sum = Digest.newSha256();
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      DataInputStream in = new DataInputStream(new DigestInputStream(raw, sum));
      if (!text(in).equals(HEADER) || !text(in).equals(diffId.toString())) {
        throw new IOException("tried to read the index " + file + ", but it is of something else");
      }
      LayerIndex index = new LayerIndex();
      for (int i = in.readInt(); i > 0; i--) {
        index.restore(readEntry(in));
      }
      for (int i = in.readInt(); i > 0; i--) {
        index.restoreOpaque(text(in));
      }
      byte[] actual = sum.digest();
      if (!Arrays.equals(actual, raw.readNBytes(actual.length))) {
        throw new IOException("tried to read the index " + file + ", but it is damaged");
      }
      return index;
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("tried to read the index " + file + ", but it is damaged", e);
    }
  }

  private static void write(DataOutputStream out, LayerEntry entry) throws IOException {
    text(out, entry.path());
    text(out, entry.type().name());
    out.writeShort(entry.mode());
    out.writeLong(entry.uid());
    out.writeLong(entry.gid());
    out.writeLong(entry.size());
    out.writeLong(entry.mtime());
    text(out, entry.linkTarget());
    out.writeInt(entry.major());
    out.writeInt(entry.minor());
    out.writeShort(entry.xattrs().size());
    for (Map.Entry<String, byte[]> each : new TreeMap<>(entry.xattrs()).entrySet()) {
      text(out, each.getKey());
      out.writeInt(each.getValue().length);
      out.write(each.getValue());
    }
  }

  private static LayerEntry readEntry(DataInputStream in) throws IOException {
    return new LayerEntry(
        text(in),
        EntryType.valueOf(text(in)),
        in.readUnsignedShort(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        text(in),
        in.readInt(),
        in.readInt(),
        xattrs(in));
  }

  private static Map<String, byte[]> xattrs(DataInputStream in) throws IOException {
    Map<String, byte[]> xattrs = new HashMap<>();
    for (int i = in.readUnsignedShort(); i > 0; i--) {
      String name = text(in);
      xattrs.put(name, in.readNBytes(in.readInt()));
    }
    return xattrs;
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = FileNames.encode(text);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] bytes = length < 0 ? new byte[0] : in.readNBytes(length);
    if (bytes.length != length) {
      throw new IOException("tried to read an index, but it is cut off");
    }
    return FileNames.decode(bytes);
  }
}
