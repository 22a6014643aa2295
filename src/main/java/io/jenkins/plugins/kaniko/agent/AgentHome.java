package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * What the plugin keeps on an agent: {@code <agent root>/kaniko-build/<uid>}, private to the agent
 * user.
 */
final class AgentHome {
  static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

  private final Path root;
  private final Path directory;

  private AgentHome(Path root, Path directory) {
    this.root = root;
    this.directory = directory;
  }

  /**
   * Finds or makes it.
   *
   * @param agentRoot as the controller knows it, or empty
   */
  static AgentHome open(String agentRoot, Path workspace) throws AbortException {
    Path root;
    try {
      root = agentRoot.isEmpty() ? guess(workspace) : Path.of(agentRoot);
    } catch (InvalidPathException e) {
      throw Failures.failure(
          "use the agent's root directory",
          "the locale of the agent cannot spell it",
          "start the agent with LC_ALL=C.UTF-8");
    }
    Path directory = root.toAbsolutePath().normalize().resolve("kaniko-build");
    try {
      Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      Files.createDirectories(directory);
      directory = directory.resolve(uid.toString());
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        makePrivate(directory);
      }
      requireOwn(directory, (int) uid);
      return new AgentHome(root, directory);
    } catch (IOException e) {
      throw Failures.failure(
          "make the directory " + directory,
          e,
          "give the agent a root directory that its user can write to");
    }
  }

  /** The agent's own root directory. */
  Path root() {
    return root;
  }

  /** Where layers and root file systems are kept. */
  Path store() {
    return directory.resolve("store");
  }

  /** Where the executor is installed. */
  Path executors() {
    return directory.resolve("executor");
  }

  /** Takes the place of {@code /kaniko} on agents that have none. */
  Path kaniko() {
    return directory.resolve("kaniko");
  }

  /** A directory for this user alone; it is fine if it is there already. */
  static void makePrivate(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
      } catch (IOException e) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
          throw e;
        }
      }
    }
  }

  private static void requireOwn(Path directory, int uid) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory()
        || (int) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS) != uid) {
      throw new IOException("it belongs to somebody else");
    }
    if (!attributes.permissions().equals(PRIVATE)) {
      Files.setPosixFilePermissions(directory, PRIVATE);
    }
  }

  /** Workspaces are {@code <root>/workspace/<job>}, with folders in between. */
  private static Path guess(Path workspace) {
    for (Path path = workspace; path != null; path = path.getParent()) {
      if (path.endsWith("workspace") && path.getParent() != null) {
        return path.getParent();
      }
    }
    return Path.of(System.getProperty("user.home"), ".cache");
  }
}
