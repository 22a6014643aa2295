package io.jenkins.plugins.kaniko.executor.layer;

import java.util.Map;
import java.util.Objects;

/**
 * One path of a layer, as its tar header says it.
 *
 * @param path relative to the root, without leading or trailing slash; the root itself is the empty
 *     string. Bytes that are not UTF-8 are kept as {@link Names} describes
 * @param mode permission bits with setuid, setgid and sticky (07777)
 * @param size of the content in bytes; 0 for all but files
 * @param mtime seconds since 1970, as layers hold whole seconds
 * @param linkTarget of a symlink as it stands, of a hard link a path like {@code path}; else empty
 * @param major and {@code minor}: numbers of a device
 * @param xattrs extended attributes by full name, such as {@code security.capability}
 */
public record LayerEntry(
    String path,
    EntryType type,
    int mode,
    long uid,
    long gid,
    long size,
    long mtime,
    String linkTarget,
    int major,
    int minor,
    Map<String, byte[]> xattrs) {

  public LayerEntry {
    Objects.requireNonNull(path);
    Objects.requireNonNull(type);
    Objects.requireNonNull(linkTarget);
    xattrs = Map.copyOf(xattrs);
  }

  public static LayerEntry directory(String path, int mode, long uid, long gid, long mtime) {
    return new LayerEntry(path, EntryType.DIRECTORY, mode, uid, gid, 0, mtime, "", 0, 0, Map.of());
  }

  public static LayerEntry file(String path, int mode, long uid, long gid, long size, long mtime) {
    return new LayerEntry(path, EntryType.FILE, mode, uid, gid, size, mtime, "", 0, 0, Map.of());
  }

  public static LayerEntry symlink(String path, String target, long uid, long gid, long mtime) {
    return new LayerEntry(
        path, EntryType.SYMLINK, 0777, uid, gid, 0, mtime, target, 0, 0, Map.of());
  }

  public static LayerEntry whiteout(String path) {
    return new LayerEntry(path, EntryType.WHITEOUT, 0, 0, 0, 0, 0, "", 0, 0, Map.of());
  }

  public LayerEntry withPath(String newPath) {
    return new LayerEntry(
        newPath, type, mode, uid, gid, size, mtime, linkTarget, major, minor, xattrs);
  }

  public LayerEntry withOwner(long newUid, long newGid) {
    return new LayerEntry(
        path, type, mode, newUid, newGid, size, mtime, linkTarget, major, minor, xattrs);
  }

  public LayerEntry withMode(int newMode) {
    return new LayerEntry(
        path, type, newMode, uid, gid, size, mtime, linkTarget, major, minor, xattrs);
  }

  public LayerEntry withMtime(long seconds) {
    return new LayerEntry(
        path, type, mode, uid, gid, size, seconds, linkTarget, major, minor, xattrs);
  }

  /** The same inode under another name: a hard link to {@code target} (a path of this layer). */
  public LayerEntry asHardLinkTo(String target) {
    return new LayerEntry(
        path, EntryType.HARDLINK, mode, uid, gid, 0, mtime, target, 0, 0, Map.of());
  }

  public boolean isDirectory() {
    return type == EntryType.DIRECTORY;
  }

  public boolean isSymlink() {
    return type == EntryType.SYMLINK;
  }

  public boolean isFile() {
    return type == EntryType.FILE;
  }

  /** True when both would be the same tar header, but for the path and a file's content. */
  public boolean sameHeader(LayerEntry other) {
    return type == other.type
        && mode == other.mode
        && uid == other.uid
        && gid == other.gid
        && size == other.size
        && mtime == other.mtime
        && linkTarget.equals(other.linkTarget)
        && major == other.major
        && minor == other.minor
        && sameXattrs(xattrs, other.xattrs);
  }

  /** True when both are the same names with the same values. */
  public static boolean sameXattrs(Map<String, byte[]> some, Map<String, byte[]> others) {
    return some.size() == others.size()
        && some.entrySet().stream()
            .allMatch(
                e ->
                    others.containsKey(e.getKey())
                        && java.util.Arrays.equals(e.getValue(), others.get(e.getKey())));
  }
}
