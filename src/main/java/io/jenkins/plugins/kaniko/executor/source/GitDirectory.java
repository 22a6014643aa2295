package io.jenkins.plugins.kaniko.executor.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;

/**
 * A {@code .git} directory as a shallow clone at a commit leaves it, with no credential, no hook
 * and no trace of this machine.
 */
final class GitDirectory {
  private GitDirectory() {}

  /** Turns the repository that a fetch has filled into one that a work tree can have. */
  static void tidy(Repository repository, RevCommit commit, GitAddress address, Path workTree)
      throws IOException {
    Path directory = repository.getDirectory().toPath();
    writeIndex(repository, commit, directory.resolve("index"));
    RefUpdate head = repository.updateRef("HEAD", true);
    head.setNewObjectId(commit);
    head.disableRefLog();
    head.forceUpdate();
    for (String leftover :
        List.of("FETCH_HEAD", "logs", "hooks", "branches", "info", "refs/kaniko", "packed-refs")) {
      delete(directory.resolve(leftover));
    }
    Files.createDirectories(directory.resolve("refs/heads"));
    Files.createDirectories(directory.resolve("refs/tags"));
    Path moved = directory.relativize(workTree);
    StringBuilder config = new StringBuilder("[core]\n\trepositoryformatversion = 0\n");
    config.append("\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n");
    if (!moved.toString().equals("..")) {
      config.append("\tworktree = ").append(quoted(moved.toString())).append('\n');
    }
    config.append("[remote \"origin\"]\n\turl = ").append(quoted(address.remote())).append('\n');
    config.append("\tfetch = +refs/heads/*:refs/remotes/origin/*\n");
    Files.writeString(directory.resolve("config"), config);
  }

  /** Writes the {@code .git} file of a submodule. */
  static void point(Path workTree, Path gitDir, long time) throws IOException {
    Path file = workTree.resolve(".git");
    Files.writeString(file, "gitdir: " + workTree.relativize(gitDir) + "\n");
    Files.setAttribute(file, "unix:mode", 0644);
    setTime(file, time);
    setTime(workTree, time);
  }

  /** Gives everything the modes of a fresh clone and one time. */
  static void setTimes(Path gitDir, long time) throws IOException {
    try (Stream<Path> files = Files.walk(gitDir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        boolean directory = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
        boolean object = file.startsWith(gitDir.resolve("objects"));
        Files.setAttribute(file, "unix:mode", directory ? 0755 : object ? 0444 : 0644);
        setTime(file, time);
      }
    }
  }

  static void setTime(Path file, long time) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(time, TimeUnit.SECONDS));
  }

  private static void writeIndex(Repository repository, RevCommit commit, Path file)
      throws IOException {
    DirCache index = new DirCache(file.toFile(), repository.getFS());
    if (!index.lock()) {
      throw new IOException("the index is locked");
    }
    DirCacheBuilder builder = index.builder();
    builder.addTree(
        new byte[0], DirCacheEntry.STAGE_0, repository.newObjectReader(), commit.getTree());
    builder.finish();
    index.write();
    index.commit();
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> files = Files.walk(path)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } else {
      Files.deleteIfExists(path);
    }
  }
}
