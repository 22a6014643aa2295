package io.jenkins.plugins.kaniko.executor.source;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;

/** Checks repositories out. */
public final class GitRepositories {
  /** A repository that contains itself has to end somewhere. */
  private static final int MAX_DEPTH = 20;

  private static final int MAX_SUBMODULES = 1000;

  private final GitSettings settings;
  private final Path scratch;
  private int submodules;

  /**
   * What was checked out.
   *
   * @param commit its full digits
   * @param directory with the files: the target, or the directory of the address below it
   */
  public record Checkout(String commit, Path directory) {}

  /**
   * @param scratch empty directory for the objects, on the disk of the targets
   */
  public GitRepositories(GitSettings settings, Path scratch) {
    this.settings = settings;
    this.scratch = scratch;
    IsolatedSystem.install();
  }

  /**
   * Fetches a repository and writes its files into an empty directory.
   *
   * @param recurse submodules too
   * @param keepGitDir with a {@code .git} directory that has the one commit
   */
  public Checkout checkOut(GitAddress address, boolean recurse, boolean keepGitDir, Path target)
      throws SourceException, IOException, InterruptedException {
    Path gitDir = keepGitDir ? target.resolve(".git") : scratch.resolve("objects");
    String commit = checkOut(address, target, gitDir, keepGitDir, recurse, 0);
    return new Checkout(commit, below(address, target));
  }

  private String checkOut(
      GitAddress address, Path target, Path gitDir, boolean keep, boolean recurse, int depth)
      throws SourceException, IOException, InterruptedException {
    RevCommit commit;
    GitTree tree;
    try (Repository repository = create(gitDir)) {
      commit = new GitFetch(repository, address, settings).commit();
      tree = new GitTree(repository, commit);
      tree.writeTo(target);
      if (keep) {
        GitDirectory.tidy(repository, commit, address, target);
      }
    }
    if (recurse) {
      for (Map.Entry<String, String> link : tree.links().entrySet()) {
        if (depth == MAX_DEPTH || ++submodules > MAX_SUBMODULES) {
          throw new SourceException(
              "tried to fetch the submodules of "
                  + address
                  + ", but they are nested too deeply or too many; add ?submodules=false");
        }
        String path = link.getKey();
        GitAddress submodule = submodule(address, tree.submoduleUrl(path), link.getValue(), path);
        Path subGitDir =
            keep
                ? FileNames.resolve(gitDir.resolve("modules"), path)
                : scratch.resolve("objects" + submodules);
        Path subTarget = FileNames.resolve(target, path);
        checkOut(submodule, subTarget, subGitDir, keep, true, depth + 1);
        if (keep) {
          GitDirectory.point(subTarget, subGitDir, commit.getCommitTime());
        }
      }
    }
    if (keep) {
      GitDirectory.setTimes(gitDir, commit.getCommitTime());
      GitDirectory.setTime(target, commit.getCommitTime());
    }
    return commit.name();
  }

  private Repository create(Path gitDir) throws IOException {
    Files.createDirectories(gitDir);
    Repository repository =
        new FileRepositoryBuilder().setGitDir(gitDir.toFile()).setBare().setFS(FS.DETECTED).build();
    repository.create(true);
    StoredConfig config = repository.getConfig();
    config.setBoolean("http", null, "sslVerify", !settings.skipTls());
    config.setBoolean(
        ConfigConstants.CONFIG_CORE_SECTION,
        null,
        ConfigConstants.CONFIG_KEY_LOGALLREFUPDATES,
        false);
    config.save();
    return repository;
  }

  private static GitAddress submodule(GitAddress parent, String url, String commit, String path)
      throws SourceException {
    try {
      return GitAddress.ofSubmodule(SubmoduleUrl.resolve(parent.remote(), url), commit);
    } catch (SourceException e) {
      throw new SourceException(
          "tried to fetch the submodule "
              + path.replaceAll("\\p{Cntrl}", "?")
              + " of "
              + parent
              + ", but its address cannot be used: only http, https, ssh and git addresses are"
              + " followed; add ?submodules=false",
          e);
    }
  }

  /** No symlink leads there: the directory is one of the repository. */
  private static Path below(GitAddress address, Path target) throws SourceException {
    List<String> parts = new ArrayList<>();
    address.subdirectory().ifPresent(path -> parts.addAll(List.of(path.split("/", -1))));
    Path at = target;
    for (String part : parts) {
      at = at.resolve(part);
      if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        throw new SourceException(
            "tried to use the directory "
                + String.join("/", parts)
                + " of "
                + address
                + ", but there is no such directory; correct it");
      }
    }
    return at;
  }
}
