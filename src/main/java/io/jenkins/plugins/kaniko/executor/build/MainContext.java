package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.registry.StorageObject;
import io.jenkins.plugins.kaniko.executor.source.GitAddress;
import io.jenkins.plugins.kaniko.executor.source.GitRepositories;
import io.jenkins.plugins.kaniko.executor.source.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Where the files of the build context lie. */
final class MainContext {
  private final BuildRequest request;
  private final BiConsumer<BuildEvent.Level, String> talk;

  /**
   * @param talk told which commit a repository is at
   */
  MainContext(BuildRequest request, BiConsumer<BuildEvent.Level, String> talk) {
    this.request = request;
    this.talk = talk;
  }

  /** Whether it or the Dockerfile has to be fetched or unpacked before it can be read. */
  static boolean isRemote(BuildRequest request) {
    return request.sourceOptions().remoteContext().isPresent()
        || SourceOptions.isAddress(request.dockerfile());
  }

  /**
   * The directory, after it has been fetched or unpacked if it has to be.
   *
   * @param directory of the build
   */
  Path root(Path directory) throws BuildException, InterruptedException {
    Path whole = request.contextDirectory();
    Optional<String> remote = request.sourceOptions().remoteContext();
    if (remote.isPresent()) {
      whole = fetched(remote.get(), directory);
    }
    Path root = request.contextSubPath().map(whole::resolve).orElse(whole).normalize();
    try {
      // A symlink of a stranger must not choose another directory of this machine.
      if (Files.exists(root) && !root.toRealPath().startsWith(whole.toRealPath())) {
        throw unusable("--context-sub-path is a symlink that leads out of the context", null);
      }
    } catch (IOException e) {
      throw unusable("it cannot be read: " + e.getMessage(), e);
    }
    return root;
  }

  private Path fetched(String remote, Path directory) throws BuildException, InterruptedException {
    RemoteSources sources = new RemoteSources(request, directory);
    try {
      if (remote.startsWith(RemoteSources.TAR)) {
        return sources.localArchive(remote);
      }
      if (StorageObject.isAddress(remote)) {
        return sources.storageObject(remote);
      }
      if (isArchive(remote)) {
        return sources.archive(remote);
      }
      GitRepositories.Checkout checkout = sources.contextRepository(remote);
      talk.accept(BuildEvent.Level.INFO, "context: commit " + checkout.commit());
      return checkout.directory();
    } catch (SourceException | UnusableException e) {
      throw new BuildException(Category.USAGE, e.getMessage(), e);
    } catch (RegistryException e) {
      throw Failures.registry(e);
    } catch (IOException e) {
      throw Failures.io("fetch the build context", e);
    }
  }

  private static boolean isArchive(String remote) {
    return remote.matches("(?i)https?://.*") && !GitAddress.isGit(remote);
  }

  private static BuildException unusable(String reason, Throwable cause) {
    return new BuildException(
        Category.USAGE, "tried to open the build context, but " + reason, cause);
  }
}
