package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.cache.CacheMounts;
import io.jenkins.plugins.kaniko.executor.dockerfile.Mount;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The cache mounts of one RUN; each is held until the command has ended. */
final class StageCaches implements AutoCloseable {
  private final BuildSession session;
  private final MountTrees trees;
  private final RunInstruction instruction;
  private final Map<String, CacheMounts.Lease> leases = new LinkedHashMap<>();

  StageCaches(BuildSession session, MountTrees trees, RunInstruction instruction) {
    this.session = session;
    this.instruction = instruction;
    this.trees = trees;
  }

  /**
   * The directory of a mount. As in BuildKit it is another one when the id, the initial content or
   * its owner and mode differ.
   */
  Path directory(Mount mount, String id, Optional<Origin> origin)
      throws BuildException, IOException, InterruptedException {
    String identity = identity(mount, id, origin);
    CacheMounts.Lease lease = leases.get(identity);
    if (lease == null) {
      CacheMounts caches = CacheMounts.of(session.store(), namespace(session.request()));
      lease =
          caches.lease(
              identity,
              CacheMounts.Sharing.valueOf(mount.sharing().name()),
              directory -> fill(mount, origin, directory),
              () ->
                  session.message(
                      BuildEvent.Level.INFO,
                      "waiting for cache mount " + id + ", which another build uses"));
      leases.put(identity, lease);
    }
    return content(lease.directory());
  }

  @Override
  public void close() throws IOException {
    for (CacheMounts.Lease lease : leases.values()) {
      lease.close();
    }
  }

  private static Path content(Path directory) {
    return directory.resolve("root").resolve("content");
  }

  private static String identity(Mount mount, String id, Optional<Origin> origin)
      throws BuildException, InterruptedException {
    StringBuilder text = new StringBuilder(id).append('\0');
    if (origin.isPresent()) {
      if (origin.get() instanceof Origin.Image image) {
        for (StageLayer layer : image.state().layers()) {
          text.append(layer.diffId()).append('\0');
        }
      } else {
        text.append(origin.get().name()).append('\0');
      }
      return text.append(mount.source().orElse("/")).toString();
    }
    return text.append(mode(mount))
        .append(' ')
        .append(mount.uid().orElse(0))
        .append(' ')
        .append(mount.gid().orElse(0))
        .toString();
  }

  private void fill(Mount mount, Optional<Origin> origin, Path directory)
      throws BuildException, IOException, InterruptedException {
    if (origin.isPresent()) {
      try {
        CopySource source = origin.get().source(session);
        CopySource.Item item = source.exactly(mount.source().orElse("/"));
        if (!item.entry().isDirectory()) {
          throw new UnusableException(
              "tried to begin a cache mount with "
                  + mount.source().orElse("/")
                  + ", but it is no directory; name one");
        }
        trees.copyOf(source, item, directory);
        return;
      } catch (UnusableException e) {
        throw Failures.at(instruction, e.getMessage(), e);
      }
    }
    Path content = Files.createDirectories(content(directory));
    Files.setAttribute(content, "unix:uid", mount.uid().orElse(0));
    Files.setAttribute(content, "unix:gid", mount.gid().orElse(0));
    Files.setAttribute(content, "unix:mode", mode(mount));
  }

  private static int mode(Mount mount) {
    return mount.mode().orElse(0755) & 07777;
  }

  /** The build argument divides what the flag shares; it cannot reach what another flag keeps. */
  private static String namespace(BuildRequest request) {
    String given = request.buildArgs().getOrDefault(PredefinedArgs.CACHE_NAMESPACE, "");
    String own = request.runOptions().cacheNamespace();
    return given.isEmpty() ? own : own + "\n" + given;
  }
}
