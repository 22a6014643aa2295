package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a tar stream entry by entry: ustar, pax and GNU long names, with names as the bytes they
 * are. It holds nothing of a file's content, and refuses headers that no image builder writes
 * instead of guessing.
 */
public final class TarReader {
  private static final int BLOCK = TarWriter.BLOCK;
  private static final int MAX_META = 4 * 1024 * 1024;
  private static final int MAX_PATH = 4096;
  private static final int MAX_NAME = 255 + LayerIndex.WHITEOUT.length();
  static final String XATTR = "SCHILY.xattr.";

  private final InputStream in;
  private final byte[] scratch = new byte[BLOCK * 16];
  private long position;
  private long left;
  private long padding;
  private final Map<String, byte[]> globalPax = new HashMap<>();
  private int metaBytes;

  public TarReader(InputStream in) {
    this.in = in;
  }

  /** Offset in the stream of the current entry's content. */
  public long position() {
    return position;
  }

  /**
   * The next entry, or null at the end. Whiteout names are not interpreted here: paths come as they
   * stand, without leading "./" or "/" and without a trailing slash.
   */
  public LayerEntry next() throws IOException {
    skip(left + padding);
    left = 0;
    padding = 0;
    Map<String, byte[]> pax = new HashMap<>(globalPax);
    metaBytes = globalPax.values().stream().mapToInt(value -> value.length).sum();
    byte[] longName = null;
    byte[] longLink = null;
    byte[] block = new byte[BLOCK];
    while (true) {
      if (!readBlock(block)) {
        return null;
      }
      if (isZero(block)) {
        drain();
        return null;
      }
      checkSum(block);
      char type = (char) (block[156] & 0xff);
      long size = number(block, 124, 12);
      switch (type) {
        case 'x' -> Pax.add(pax, meta(size));
        case 'g' -> {
          Pax.add(globalPax, meta(size));
          pax.putAll(globalPax);
        }
        case 'L' -> longName = untilNul(meta(size));
        case 'K' -> longLink = untilNul(meta(size));
        default -> {
          return entry(block, type, size, pax, longName, longLink);
        }
      }
    }
  }

  /** The current entry's content; valid until {@link #next}. */
  public InputStream content() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (left == 0) {
          return -1;
        }
        int n = in.read(bytes, offset, (int) Math.min(length, left));
        if (n < 0) {
          throw truncated();
        }
        left -= n;
        position += n;
        return n;
      }
    };
  }

  private LayerEntry entry(
      byte[] block,
      char flag,
      long headerSize,
      Map<String, byte[]> pax,
      byte[] longName,
      byte[] longLink)
      throws IOException {
    byte[] name = pax.getOrDefault("path", longName != null ? longName : ustarName(block));
    byte[] link =
        pax.getOrDefault(
            "linkpath", longLink != null ? longLink : untilNul(slice(block, 157, 100)));
    boolean trailingSlash = name.length > 0 && name[name.length - 1] == '/';
    if (flag == 'S' || pax.keySet().stream().anyMatch(k -> k.startsWith("GNU.sparse."))) {
      throw new IOException(
          "tried to read the layer entry "
              + FileNames.decode(name)
              + ", but it is a GNU sparse file, which the image-spec advises against; rebuild that"
              + " layer without tar's --sparse");
    }
    EntryType type =
        switch (flag) {
          case '0', 0, '7' -> trailingSlash ? EntryType.DIRECTORY : EntryType.FILE;
          case '1' -> EntryType.HARDLINK;
          case '2' -> EntryType.SYMLINK;
          case '3' -> EntryType.CHAR_DEVICE;
          case '4' -> EntryType.BLOCK_DEVICE;
          case '5' -> EntryType.DIRECTORY;
          case '6' -> EntryType.FIFO;
          default ->
              throw new IOException(
                  "tried to read the layer entry "
                      + FileNames.decode(name)
                      + ", but its tar type '"
                      + flag
                      + "' is unknown");
        };
    long size = pax.containsKey("size") ? Pax.number(pax, "size") : headerSize;
    if (size < 0) {
      throw new IOException("tried to read a layer, but an entry has a negative size");
    }
    // Links and directories may carry a size that means nothing; only files are followed by data,
    // and old directories, which are files with a slash.
    left = flag == '0' || flag == 0 || flag == '7' ? size : 0;
    padding = left % BLOCK == 0 ? 0 : BLOCK - left % BLOCK;
    Map<String, byte[]> xattrs = new HashMap<>();
    pax.forEach(
        (key, value) -> {
          if (key.startsWith(XATTR)) {
            xattrs.put(key.substring(XATTR.length()), value);
          }
        });
    String target = type == EntryType.HARDLINK ? clean(link) : FileNames.decode(link);
    return new LayerEntry(
        limited(clean(name)),
        type,
        (int) number(block, 100, 8) & 07777,
        id(pax.containsKey("uid") ? Pax.number(pax, "uid") : number(block, 108, 8)),
        id(pax.containsKey("gid") ? Pax.number(pax, "gid") : number(block, 116, 8)),
        type == EntryType.FILE ? size : 0,
        pax.containsKey("mtime") ? Pax.seconds(pax) : number(block, 136, 12),
        type == EntryType.HARDLINK || type == EntryType.SYMLINK ? limited(target) : "",
        isDevice(type) ? deviceNumber(block, 329, 0xfff) : 0,
        isDevice(type) ? deviceNumber(block, 337, 0xfffff) : 0,
        xattrs);
  }

  private static boolean isDevice(EntryType type) {
    return type == EntryType.CHAR_DEVICE || type == EntryType.BLOCK_DEVICE;
  }

  /** What Linux can hold: 4095 bytes of path, 255 of a name, and a prefix for whiteouts. */
  private static String limited(String path) throws IOException {
    if (path.indexOf('\0') >= 0) {
      throw new IOException("tried to read a layer, but a name in it contains a NUL byte");
    }
    int bytes = 0;
    int longest = 0;
    for (String name : path.split("/", -1)) {
      int length = FileNames.encode(name).length;
      longest = Math.max(longest, length);
      bytes += length + 1;
    }
    if (bytes > MAX_PATH || longest > MAX_NAME) {
      throw new IOException(
          "tried to read the layer entry "
              + path.substring(0, Math.min(path.length(), 60))
              + "..., but its path has "
              + (bytes - 1)
              + " bytes, and a name in it "
              + longest
              + "; the limits are 4095 and 255");
    }
    return path;
  }

  /** Ids are 32 bits wide, and the last one means "none". */
  private static long id(long value) throws IOException {
    if (value < 0 || value >= 0xffffffffL) {
      throw new IOException("tried to read a layer, but the id " + value + " is no user or group");
    }
    return value;
  }

  private static int deviceNumber(byte[] block, int offset, int max) throws IOException {
    long value = number(block, offset, 8);
    if (value < 0 || value > max) {
      throw new IOException("tried to read a layer, but " + value + " is no number of a device");
    }
    return (int) value;
  }

  /** A tar path as a path below the root; ".." stays within it, as in a chroot. */
  static String clean(byte[] raw) {
    return clean(FileNames.decode(raw));
  }

  static String clean(String path) {
    java.util.ArrayDeque<String> parts = new java.util.ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  private static byte[] ustarName(byte[] block) {
    byte[] name = untilNul(slice(block, 0, 100));
    boolean ustar = block[257] == 'u' && block[258] == 's' && block[259] == 't' && block[262] == 0;
    byte[] prefix = ustar ? untilNul(slice(block, 345, 155)) : new byte[0];
    if (prefix.length == 0) {
      return name;
    }
    byte[] joined = java.util.Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    joined[prefix.length] = '/';
    System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
    return joined;
  }

  private static byte[] slice(byte[] block, int offset, int length) {
    return java.util.Arrays.copyOfRange(block, offset, offset + length);
  }

  private static byte[] untilNul(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return end == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, end);
  }

  private byte[] meta(long size) throws IOException {
    if (size < 0 || size > MAX_META - metaBytes) {
      throw new IOException(
          "tried to read a layer, but one of its extended headers claims " + size + " bytes");
    }
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw truncated();
    }
    position += size;
    metaBytes += (int) size;
    long rest = size % BLOCK;
    skip(rest == 0 ? 0 : BLOCK - rest);
    return bytes;
  }

  /** Octal, or GNU's base-256 where the first bit is set. */
  private static long number(byte[] block, int offset, int width) throws IOException {
    if ((block[offset] & 0x80) != 0) {
      long value = (block[offset] & 0x40) != 0 ? -1 : block[offset] & 0x3f;
      for (int i = 1; i < width; i++) {
        if (value != (value << 8) >> 8) {
          throw new IOException("tried to read a layer, but a tar header holds too large a number");
        }
        value = (value << 8) | (block[offset + i] & 0xff);
      }
      return value;
    }
    long value = 0;
    for (int i = offset; i < offset + width; i++) {
      byte b = block[i];
      if (b == ' ' || b == 0) {
        continue;
      }
      if (b < '0' || b > '7') {
        throw new IOException("tried to read a layer, but a tar header holds a malformed number");
      }
      value = (value << 3) | (b - '0');
    }
    return value;
  }

  private static void checkSum(byte[] block) throws IOException {
    long sum = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
      signed += i >= 148 && i < 156 ? ' ' : block[i];
    }
    // Some old writers added up signed bytes.
    long expected = number(block, 148, 8);
    if (sum != expected && signed != expected) {
      throw new IOException(
          "tried to read a layer, but it is not a tar archive (bad header checksum)");
    }
  }

  private boolean readBlock(byte[] block) throws IOException {
    int n = in.readNBytes(block, 0, BLOCK);
    position += n;
    if (n == 0) {
      return false;
    }
    if (n < BLOCK) {
      throw truncated();
    }
    return true;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void skip(long count) throws IOException {
    // Read, not skipped: a stream below that hashes what is read would not see what is skipped.
    for (long rest = count; rest > 0; ) {
      int n = in.read(scratch, 0, (int) Math.min(rest, scratch.length));
      if (n < 0) {
        throw truncated();
      }
      rest -= n;
    }
    position += count;
  }

  /** What follows the end marker counts for the digest, so it is read. */
  private void drain() throws IOException {
    while (in.read(scratch) >= 0) {
      // nothing of it is kept
    }
  }

  private static IOException truncated() {
    return new EOFException("tried to read a layer, but it ends in the middle of an entry");
  }
}
