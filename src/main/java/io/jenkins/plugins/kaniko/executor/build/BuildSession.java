package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.BuildDirectory;
import io.jenkins.plugins.kaniko.executor.cache.ContentStore;
import io.jenkins.plugins.kaniko.executor.cache.StoredTrees;
import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.Registry;
import io.jenkins.plugins.kaniko.executor.rootfs.InPlace;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystems;
import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * What the parts of one build share.
 *
 * @param directory of this build, on the store's file system
 * @param platform that is built for
 * @param background writes layers, fetches and pushes blobs beside the steps
 */
record BuildSession(
    BuildRequest request,
    EventSink events,
    Clock clock,
    Dockerfile dockerfile,
    BuildContext context,
    ContentStore store,
    BuildDirectory directory,
    Registry registry,
    Sandbox sandbox,
    Decision decision,
    boolean undecided,
    RootKind rootKind,
    Optional<InPlace> inPlace,
    Platform platform,
    ExecutorService background) {

  /** How stages that run commands get their root directory. */
  enum RootKind {
    OVERLAY,
    DIRECTORY,
    /** Nothing can be run and nothing can be extracted. */
    NONE
  }

  /** The format of an image on a base of the given one. */
  ImageFormat format(ImageFormat base) {
    return request.layerOptions().format(base);
  }

  /** The media type of the layers that are made for an image of this format. */
  String layerType(ImageFormat format) {
    return MediaTypes.layer(format, request.layerOptions().compression());
  }

  /** Now, as far as the image is to know. */
  Instant imageTime() {
    return request.layerOptions().times().of(clock.instant());
  }

  /**
   * How many stages run at once: there is one root for all of them when they are built in place.
   */
  int jobs() {
    return inPlace.isPresent() ? 1 : request.jobs();
  }

  /** The extracted layers of the store. */
  StoredTrees trees() {
    return new StoredTrees(
        store, directory.path(), text -> message(BuildEvent.Level.WARN, "cache: " + text));
  }

  /** A new file name below the build's directory. */
  Path temporary(String purpose) throws IOException {
    Path parent = Files.createDirectories(directory.path().resolve("tmp"));
    return Files.createTempFile(parent, purpose + "-", "");
  }

  /**
   * A new, empty directory, directly in the build's directory and of a random name: both is what
   * {@link RootFilesystems#spreadSubdirectories} goes by.
   */
  Path temporaryDirectory(String purpose) throws IOException {
    return Files.createTempDirectory(directory.path(), purpose + "-");
  }

  void message(BuildEvent.Level level, String text) {
    events.emit(new BuildEvent.Message(clock.instant(), level, text));
  }
}
