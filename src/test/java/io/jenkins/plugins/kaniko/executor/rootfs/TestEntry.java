package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.EntryType;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * An entry of a layer in a line of text: a letter, a path, for links a target, and what is not as
 * usual.
 *
 * <pre>
 * d directory   f file   l symlink   h hard link   p fifo   c, b device   w whiteout   o opaque
 * mode=755 owner=1:2 mtime=-5 device=8:0 user.x=HEX security.capability=HEX
 * </pre>
 *
 * A file's content is its path.
 */
record TestEntry(char letter, String path, String target, Map<String, String> words) {
  private static final long OLD = 1_100_000_000;

  static TestEntry of(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
    char letter = words.remove(0).charAt(0);
    String path = words.remove(0);
    String target = letter == 'l' || letter == 'h' ? words.remove(0) : "";
    Map<String, String> further = new TreeMap<>();
    for (String word : words) {
      further.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    return new TestEntry(letter, path, target, further);
  }

  private int mode() {
    return Integer.parseInt(
        words.getOrDefault("mode", letter == 'd' ? "751" : letter == 'l' ? "777" : "640"), 8);
  }

  /** The user's id, and the group's. */
  private long[] owner() {
    String usual = letter == 'd' ? "1:2" : letter == 'l' ? "0:0" : "3:4";
    String[] ids = words.getOrDefault("owner", usual).split(":", -1);
    return new long[] {Long.parseLong(ids[0]), Long.parseLong(ids[1])};
  }

  private long mtime() {
    return Long.parseLong(words.getOrDefault("mtime", String.valueOf(OLD)));
  }

  private int[] device() {
    String[] numbers = words.getOrDefault("device", "0:0").split(":", -1);
    return new int[] {Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])};
  }

  private Map<String, byte[]> xattrs() {
    Map<String, byte[]> xattrs = new TreeMap<>();
    words.forEach(
        (name, value) -> {
          if (name.startsWith("user.") || name.startsWith("security.")) {
            xattrs.put(name, HexFormat.of().parseHex(value));
          }
        });
    return xattrs;
  }

  private byte[] content() {
    return letter == 'f' ? FileNames.encode(path) : new byte[0];
  }

  /** As an item of a changeset. */
  LayerItem item() {
    EntryType type =
        switch (letter) {
          case 'd' -> EntryType.DIRECTORY;
          case 'f' -> EntryType.FILE;
          case 'l' -> EntryType.SYMLINK;
          case 'h' -> EntryType.HARDLINK;
          case 'p' -> EntryType.FIFO;
          case 'c' -> EntryType.CHAR_DEVICE;
          case 'b' -> EntryType.BLOCK_DEVICE;
          default -> throw new IllegalArgumentException("no item can be " + letter);
        };
    LayerEntry entry =
        new LayerEntry(
            path,
            type,
            mode(),
            owner()[0],
            owner()[1],
            content().length,
            mtime(),
            target,
            device()[0],
            device()[1],
            xattrs());
    return letter == 'f' ? new LayerItem(entry, Content.of(content())) : LayerItem.of(entry);
  }

  /** Writes a layer with none of our own code. */
  static Digest write(Path blob, List<String> lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (String line : lines) {
        of(line).write(tar);
      }
    }
    byte[] tar = bytes.toByteArray();
    try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(blob))) {
      gzip.write(tar);
    }

    return Digest.sha256(tar);
  }

  private void write(TarArchiveOutputStream tar) throws IOException {
    int slash = path.lastIndexOf('/') + 1;
    String name =
        switch (letter) {
          case 'w' -> path.substring(0, slash) + ".wh." + path.substring(slash);
          case 'o' -> path + "/.wh..wh..opq";
          case 'd' -> path + "/";
          default -> path;
        };
    byte flag =
        switch (letter) {
          case 'd' -> TarConstants.LF_DIR;
          case 'l' -> TarConstants.LF_SYMLINK;
          case 'h' -> TarConstants.LF_LINK;
          case 'p' -> TarConstants.LF_FIFO;
          case 'c' -> TarConstants.LF_CHR;
          case 'b' -> TarConstants.LF_BLK;
          default -> TarConstants.LF_NORMAL;
        };
    TarArchiveEntry entry = new TarArchiveEntry(name, flag);
    entry.setMode(mode());
    entry.setUserId(owner()[0]);
    entry.setGroupId(owner()[1]);
    entry.setModTime(mtime() * 1000);
    entry.setLinkName(target);
    entry.setDevMajor(device()[0]);
    entry.setDevMinor(device()[1]);
    entry.setSize(content().length);
    xattrs()
        .forEach(
            (key, value) ->
                entry.addPaxHeader(
                    "SCHILY.xattr." + key, new String(value, StandardCharsets.UTF_8)));
    tar.putArchiveEntry(entry);
    tar.write(content());
    tar.closeArchiveEntry();
  }
}
