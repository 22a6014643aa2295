package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that a layer can say about a tree, path by path. */
final class Dumps {
  private Dumps() {}

  static Map<String, String> of(Path root, List<String> ignored) throws Exception {
    Map<String, String> dump = new TreeMap<>();
    walk(root, "", ignored, new HashMap<>(), dump);
    return dump;
  }

  private static void walk(
      Path root,
      String path,
      List<String> ignored,
      Map<Long, String> links,
      Map<String, String> dump)
      throws Exception {
    Path file = FileNames.resolve(root, path);
    FileStat stat = FileStat.of(file);
    if (stat.isSocket() || ignored.contains("/" + path)) {
      return;
    }
    dump.put("/" + path, line(path, file, stat, links));
    if (stat.isDirectory()) {
      for (String name : DirectoryTree.names(file)) {
        walk(root, Names.join(path, name), ignored, links, dump);
      }
    }
  }

  private static String line(String path, Path file, FileStat stat, Map<Long, String> links)
      throws Exception {
    List<Object> words = new ArrayList<>();
    words.add(Integer.toOctalString(stat.mode()));
    words.add(stat.uid() + ":" + stat.gid());
    // Every step touches the root directory; no layer says so.
    words.add(path.isEmpty() ? "" : stat.seconds());
    words.add(stat.isSymlink() ? "-> " + FileStat.linkTarget(file) : "");
    words.add(stat.major() + "," + stat.minor());
    if (!stat.isDirectory() && stat.nlink() > 1) {
      String first = links.putIfAbsent(stat.inode(), path);
      if (first != null) {
        words.add("linked to " + first);
      }
    }
    if (stat.isFile()) {
      words.add(stat.size());
      words.add(digest(file));
    }
    if (stat.isFile() || stat.isDirectory()) {
      NativeFiles.xattrs(file)
          .forEach((name, value) -> words.add(name + "=" + new BigInteger(1, value).toString(16)));
    }
    return words.toString();
  }

  private static String digest(Path file) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      return e.toString();
    }
    return new BigInteger(1, sha256.digest()).toString(16).substring(0, 8);
  }
}
