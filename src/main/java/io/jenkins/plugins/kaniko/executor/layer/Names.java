package io.jenkins.plugins.kaniko.executor.layer;

/**
 * Paths of entries as layers have them: relative to the root, without a slash at either end; the
 * root is the empty string.
 */
public final class Names {
  private Names() {}

  /** The directory part of a path, the empty string for a path of the root directory. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** The last component of a path. */
  public static String base(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** A path below another; the root is the empty string. */
  public static String join(String directory, String name) {
    return directory.isEmpty() ? name : name.isEmpty() ? directory : directory + "/" + name;
  }
}
