package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes layer entries as POSIX tar (ustar with pax records where ustar is too small), byte for
 * byte the same for the same entries. Names go out as the bytes they are: UTF-8 beyond ASCII in a
 * pax record, anything else raw.
 */
final class TarWriter implements Closeable {
  static final int BLOCK = 512;
  private static final long MAX_OCTAL_7 = 07777777L;
  private static final long MAX_OCTAL_11 = 077777777777L;
  private static final String WHITEOUT_PREFIX = ".wh.";

  private final OutputStream out;
  private final byte[] buffer = new byte[128 * 1024];
  private long position;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Bytes written so far: after {@link #add} of a file's header, the offset of its content. */
  long position() {
    return position;
  }

  /** Writes an entry that has no content. */
  void add(LayerEntry entry) throws IOException {
    header(entry, 0);
  }

  /**
   * Writes a file.
   *
   * @throws IOException also when the content has another length than the entry says
   */
  long add(LayerEntry entry, InputStream content) throws IOException {
    header(entry, entry.size());
    long offset = position;
    long left = entry.size();
    while (left > 0) {
      int n = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw changed(entry);
      }
      write(buffer, n);
      left -= n;
    }
    if (content.read() >= 0) {
      throw changed(entry);
    }
    pad(entry.size());
    return offset;
  }

  /** Ends the archive with its two empty blocks; the stream below stays open. */
  @Override
  public void close() throws IOException {
    write(new byte[2 * BLOCK], 2 * BLOCK);
    out.flush();
  }

  private static IOException changed(LayerEntry entry) {
    return new IOException(
        "tried to read /"
            + entry.path()
            + ", but its size changed from "
            + entry.size()
            + " bytes while it was read; try again when nothing writes to it");
  }

  private void header(LayerEntry entry, long size) throws IOException {
    SortedMap<String, byte[]> pax = new TreeMap<>();
    byte[] name = tarName(entry);
    byte[] link =
        entry.type() == EntryType.SYMLINK || entry.type() == EntryType.HARDLINK
            ? FileNames.encode(entry.linkTarget())
            : new byte[0];
    boolean text = FileNames.isText(entry.path()) && FileNames.isText(entry.linkTarget());
    int split = name.length <= 100 ? 0 : splitAt(name);
    if ((!isAscii(name) && text) || split < 0) {
      pax.put("path", name);
    }
    if ((!isAscii(link) && text) || link.length > 100) {
      pax.put("linkpath", link);
    }
    if (!text && !pax.isEmpty()) {
      pax.put("hdrcharset", "BINARY".getBytes(StandardCharsets.US_ASCII));
    }
    number(pax, "uid", entry.uid(), MAX_OCTAL_7);
    number(pax, "gid", entry.gid(), MAX_OCTAL_7);
    number(pax, "size", size, MAX_OCTAL_11);
    number(pax, "mtime", entry.mtime(), MAX_OCTAL_11);
    entry.xattrs().forEach((key, value) -> pax.put("SCHILY.xattr." + key, value));
    if (!pax.isEmpty()) {
      paxHeader(name, pax);
    }

    byte[] block = new byte[BLOCK];
    if (split > 0) {
      System.arraycopy(name, 0, block, 345, split);
      System.arraycopy(name, split + 1, block, 0, name.length - split - 1);
    } else {
      System.arraycopy(name, 0, block, 0, Math.min(name.length, 100));
    }
    System.arraycopy(link, 0, block, 157, Math.min(link.length, 100));
    octal(block, 100, 8, entry.mode());
    octal(block, 108, 8, entry.uid() > MAX_OCTAL_7 ? 0 : entry.uid());
    octal(block, 116, 8, entry.gid() > MAX_OCTAL_7 ? 0 : entry.gid());
    octal(block, 124, 12, size > MAX_OCTAL_11 ? 0 : size);
    octal(block, 136, 12, entry.mtime() < 0 || entry.mtime() > MAX_OCTAL_11 ? 0 : entry.mtime());
    block[156] = typeFlag(entry.type());
    octal(block, 329, 8, entry.major());
    octal(block, 337, 8, entry.minor());
    finish(block);
  }

  private static byte[] tarName(LayerEntry entry) {
    String path = entry.path();
    if (entry.type() == EntryType.WHITEOUT) {
      return FileNames.encode(Names.join(Names.parent(path), WHITEOUT_PREFIX + Names.base(path)));
    }
    if (entry.isDirectory()) {
      return path.isEmpty() ? new byte[] {'.', '/'} : FileNames.encode(path + "/");
    }
    return FileNames.encode(path);
  }

  private static byte typeFlag(EntryType type) {
    return switch (type) {
      case FILE, WHITEOUT -> '0';
      case HARDLINK -> '1';
      case SYMLINK -> '2';
      case CHAR_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case DIRECTORY -> '5';
      case FIFO -> '6';
    };
  }

  private void paxHeader(byte[] name, SortedMap<String, byte[]> records) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    records.forEach((key, value) -> record(body, key, value));
    byte[] block = new byte[BLOCK];
    byte[] label = "PaxHeaders.0/".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(label, 0, block, 0, label.length);
    for (int i = 0; i < Math.min(name.length, 100 - label.length); i++) {
      block[label.length + i] = name[i] < 0 ? (byte) '_' : name[i];
    }
    octal(block, 100, 8, 0644);
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    octal(block, 124, 12, body.size());
    octal(block, 136, 12, 0);
    block[156] = 'x';
    finish(block);
    write(body.toByteArray(), body.size());
    pad(body.size());
  }

  /** "length key=value\n", where the length counts its own digits. */
  private static void record(ByteArrayOutputStream body, String key, byte[] value) {
    byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
    int rest = keyBytes.length + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length++;
    }
    body.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(keyBytes);
    body.write('=');
    body.writeBytes(value);
    body.write('\n');
  }

  private static void number(SortedMap<String, byte[]> pax, String key, long value, long max) {
    if (value < 0 || value > max) {
      pax.put(key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Where ustar may cut a long name in prefix (155 bytes) and name (100 bytes); -1 if nowhere. */
  private static int splitAt(byte[] name) {
    for (int i = Math.min(name.length - 2, 155); i > 0 && name.length - i - 1 <= 100; i--) {
      if (name[i] == '/') {
        return i;
      }
    }
    return -1;
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  private static void octal(byte[] block, int offset, int width, long value) {
    String digits = Long.toOctalString(value);
    int pad = width - 1 - digits.length();
    for (int i = 0; i < width - 1; i++) {
      block[offset + i] = (byte) (i < pad ? '0' : digits.charAt(i - pad));
    }
  }

  private void finish(byte[] block) throws IOException {
    byte[] magic = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
    System.arraycopy(magic, 0, block, 257, magic.length);
    java.util.Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 7, sum);
    write(block, BLOCK);
  }

  private void pad(long size) throws IOException {
    int rest = (int) (size % BLOCK);
    if (rest != 0) {
      write(new byte[BLOCK - rest], BLOCK - rest);
    }
  }

  private void write(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
    position += length;
  }
}
