package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.sandbox.ProcessUser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Names of users and groups as an image's own /etc/passwd and /etc/group have them; the agent's are
 * never asked.
 *
 * @param passwd and {@code group}: lines of the files, split at colons
 */
record Users(List<String[]> passwd, List<String[]> group) {
  /** The owner of copied files. */
  record Owner(long uid, long gid) {
    static final Owner ROOT = new Owner(0, 0);
  }

  /** A name that the image does not know; the message is a part of a sentence. */
  static final class UnknownNameException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownNameException(String message) {
      super(message);
    }
  }

  static Users of(MergedTree tree) throws IOException {
    return new Users(lines(tree, "etc/passwd"), lines(tree, "etc/group"));
  }

  /**
   * The user that a command runs as, by runc's rules: the supplementary groups of a user count only
   * where no group is named.
   *
   * @param spec {@code user[:group]} with names or numbers; no user is root
   */
  ProcessUser process(String spec) throws UnknownNameException {
    String[] parts = spec.split(":", 2);
    parts[0] = parts[0].isEmpty() ? "0" : parts[0];
    Optional<String[]> line = user(parts[0]);
    long uid = line.isPresent() ? id(line.get()[2]) : number(parts[0], "user", "/etc/passwd");
    long primary = line.map(l -> id(l[3])).orElse(0L);
    if (parts.length == 2 && !parts[1].isEmpty()) {
      return new ProcessUser((int) uid, (int) group(parts[1]), List.of());
    }
    List<Integer> supplementary = new ArrayList<>();
    if (line.isPresent()) {
      for (String[] candidate : group) {
        if (candidate.length > 3 && List.of(candidate[3].split(",")).contains(line.get()[0])) {
          supplementary.add((int) id(candidate[2]));
        }
      }
    }
    return new ProcessUser((int) uid, (int) primary, supplementary);
  }

  /** The home directory of a user, "/" where the image says nothing. */
  String home(long uid) {
    return passwd.stream()
        .filter(line -> line.length > 5 && id(line[2]) == uid && !line[5].isEmpty())
        .map(line -> line[5])
        .findFirst()
        .orElse(uid == 0 ? "/root" : "/");
  }

  /**
   * The owner that {@code --chown} means: a number alone is user and group, a name alone has its
   * own group.
   *
   * @param spec {@code user}, {@code user:group} or {@code user:}
   */
  Owner owner(String spec) throws UnknownNameException {
    String[] parts = spec.split(":", 2);
    Optional<String[]> line = isNumber(parts[0]) ? Optional.empty() : user(parts[0]);
    long uid = line.isPresent() ? id(line.get()[2]) : number(parts[0], "user", "/etc/passwd");
    long gid = line.map(l -> id(l[3])).orElse(uid);
    if (parts.length == 2 && !parts[1].isEmpty()) {
      gid = group(parts[1]);
    }
    return new Owner(uid, gid);
  }

  private long group(String name) throws UnknownNameException {
    for (String[] line : group) {
      if (line.length > 2 && line[0].equals(name)) {
        return id(line[2]);
      }
    }
    return number(name, "group", "/etc/group");
  }

  private Optional<String[]> user(String nameOrId) {
    Optional<String[]> byName =
        passwd.stream().filter(l -> l.length > 3 && l[0].equals(nameOrId)).findFirst();
    if (byName.isPresent() || !isNumber(nameOrId)) {
      return byName;
    }
    return passwd.stream()
        .filter(l -> l.length > 3 && id(l[2]) == Long.parseLong(nameOrId))
        .findFirst();
  }

  private static long number(String text, String what, String file) throws UnknownNameException {
    if (!isNumber(text) || Long.parseLong(text) > Integer.MAX_VALUE) {
      throw new UnknownNameException(
          "the image's "
              + file
              + " has no "
              + what
              + " \""
              + text
              + "\"; add it or give its number");
    }
    return Long.parseLong(text);
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,10}");
  }

  private static long id(String field) {
    return isNumber(field) && Long.parseLong(field) <= Integer.MAX_VALUE
        ? Long.parseLong(field)
        : -1;
  }

  private static List<String[]> lines(MergedTree tree, String path) throws IOException {
    Optional<MergedTree.Node> file = tree.lstat(tree.resolve(path, true));
    if (file.isEmpty() || !file.get().entry().isFile()) {
      return List.of();
    }
    try (InputStream in = file.get().open()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(":", -1))
          .toList();
    }
  }
}
