package io.jenkins.plugins.kaniko.executor.source;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The files of a commit, byte by byte as they are in the repository: no attribute, filter or hook
 * has a say. All of them have the time of the commit.
 */
final class GitTree {
  private static final String MODULES = ".gitmodules";
  private static final int MAX_TEXT = 1 << 20;

  private final Repository repository;
  private final RevCommit commit;
  private final ObjectChecker names = new ObjectChecker().setSafeForMacOS(true);
  private final Map<String, String> links = new LinkedHashMap<>();
  private Optional<String> modules = Optional.empty();

  GitTree(Repository repository, RevCommit commit) {
    this.repository = repository;
    this.commit = commit;
  }

  /** Writes the files into an empty directory. */
  void writeTo(Path directory) throws SourceException, IOException {
    PlainTree tree = new PlainTree(directory, false);
    try (TreeWalk walk = new TreeWalk(repository)) {
      walk.addTree(commit.getTree());
      while (walk.next()) {
        write(walk, tree);
      }
    } catch (CorruptObjectException | MissingObjectException e) {
      throw damaged(e.getMessage(), e);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw damaged("one of its trees is malformed", e);
    }
    tree.finish();
  }

  /** Commits of submodules, by path. */
  Map<String, String> links() {
    return links;
  }

  /**
   * The address that the repository gives for a submodule.
   *
   * @throws SourceException if it gives none
   */
  String submoduleUrl(String path) throws SourceException {
    Config config = new Config();
    try {
      config.fromText(modules.orElse(""));
    } catch (ConfigInvalidException e) {
      throw damaged(MODULES + " cannot be read", e);
    }
    for (String name : config.getSubsections("submodule")) {
      String url = config.getString("submodule", name, "url");
      if (path.equals(config.getString("submodule", name, "path")) && url != null) {
        return url;
      }
    }
    throw damaged(MODULES + " has no address for the submodule " + path, null);
  }

  private void write(TreeWalk walk, PlainTree tree) throws SourceException, IOException {
    String path = path(walk);
    FileMode mode = walk.getFileMode();
    long time = commit.getCommitTime();
    if (mode.equals(FileMode.TREE)) {
      tree.directory(path, 0755, time);
      walk.enterSubtree();
    } else if (mode.equals(FileMode.GITLINK)) {
      tree.directory(path, 0755, time);
      links.put(path, walk.getObjectId(0).name());
    } else if (mode.equals(FileMode.SYMLINK)) {
      tree.symlink(path, FileNames.decode(text(walk)), time);
    } else if (mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE)) {
      ObjectLoader blob = walk.getObjectReader().open(walk.getObjectId(0), Constants.OBJ_BLOB);
      tree.file(path, mode.equals(FileMode.EXECUTABLE_FILE) ? 0755 : 0644, time, blob::copyTo);
      if (path.equals(MODULES)) {
        modules = Optional.of(new String(text(walk), StandardCharsets.UTF_8));
      }
    } else {
      throw damaged("the type of " + path + " is unknown", null);
    }
  }

  private String path(TreeWalk walk) throws SourceException {
    // Not the last component of the path: a hostile name has slashes of its own.
    CanonicalTreeParser entry = walk.getTree(0, CanonicalTreeParser.class);
    byte[] name = new byte[entry.getNameLength()];
    entry.getName(name, 0);
    try {
      names.checkPathSegment(name, 0, name.length);
    } catch (CorruptObjectException e) {
      throw damaged("it has a file of the name " + shown(name), e);
    }
    return FileNames.decode(walk.getRawPath());
  }

  private byte[] text(TreeWalk walk) throws SourceException, IOException {
    ObjectLoader blob = walk.getObjectReader().open(walk.getObjectId(0), Constants.OBJ_BLOB);
    try {
      return blob.getCachedBytes(MAX_TEXT);
    } catch (LargeObjectException e) {
      throw damaged("a symlink or " + MODULES + " is larger than 1 MiB", e);
    }
  }

  private static String shown(byte[] name) {
    return '"' + new String(name, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?") + '"';
  }

  private SourceException damaged(String reason, Throwable cause) {
    return new SourceException(
        "tried to check out commit "
            + commit.name()
            + ", but "
            + reason
            + "; the repository is damaged or hostile",
        cause);
  }
}
