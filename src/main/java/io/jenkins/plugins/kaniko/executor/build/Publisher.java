package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import io.jenkins.plugins.kaniko.executor.registry.PushOutcome;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/**
 * Pushes layers to every destination while the build goes on, and config and manifests at its end.
 */
final class Publisher {
  private static final int UPLOADS = 4;

  private final BuildSession session;
  private final List<ImageReference> destinations;
  private final Map<String, ImageReference> repositories = new LinkedHashMap<>();
  private final List<Future<Void>> uploads = new ArrayList<>();
  private final Semaphore slots = new Semaphore(UPLOADS);

  /**
   * @param destinations none if nothing is to be pushed
   */
  Publisher(BuildSession session, List<ImageReference> destinations) {
    this.session = session;
    this.destinations = destinations;
    for (ImageReference destination : destinations) {
      repositories.putIfAbsent(
          destination.registry() + "/" + destination.repository(), destination);
    }
  }

  /** Fails early if a destination would refuse the push. */
  void checkPermission() throws BuildException, InterruptedException {
    if (session.request().registrySettings().push().skipPermissionCheck()) {
      return;
    }
    List<Future<Void>> checks = new ArrayList<>();
    for (ImageReference repository : repositories.values()) {
      Callable<Void> check =
          () -> {
            session.registry().checkPush(repository);
            return null;
          };
      checks.add(session.background().submit(check));
    }
    for (Future<Void> check : checks) {
      Failures.await(check);
    }
  }

  /** Starts to push a layer; also reports the failure of one that was started before. */
  synchronized List<Future<Void>> layer(StageLayer layer)
      throws BuildException, InterruptedException {
    for (Future<Void> upload : uploads) {
      if (upload.isDone()) {
        Failures.await(upload);
      }
    }
    List<Future<Void>> started = new ArrayList<>();
    for (List<ImageReference> registry : registries()) {
      Callable<Void> task =
          () -> {
            layer(layer, registry);
            return null;
          };
      started.add(session.background().submit(task));
    }
    uploads.addAll(started);
    return started;
  }

  /** The repositories of one registry, each in a list: what is in the first can be mounted. */
  private Collection<List<ImageReference>> registries() {
    return repositories.values().stream()
        .collect(
            Collectors.groupingBy(
                ImageReference::registry, LinkedHashMap::new, Collectors.toList()))
        .values();
  }

  private void layer(StageLayer layer, List<ImageReference> repositoriesOfOne)
      throws RegistryException, IOException, BuildException, InterruptedException {
    Descriptor descriptor = layer.descriptor();
    if (MediaTypes.isForeignLayer(descriptor.mediaType())) {
      return;
    }
    Optional<ImageReference> from = layer.origin();
    for (ImageReference repository : repositoriesOfOne) {
      try {
        push(repository, descriptor, source(layer), from);
        from = Optional.of(repository);
      } catch (RegistryException | IOException e) {
        // The transport knows it as a failure of its own.
        if (layer instanceof CachedLayer cached && cached.isDamaged()) {
          throw cached.damage();
        }
        throw e;
      }
    }
  }

  /** Waits for all layers, then pushes the config and, last of all, the manifests. */
  void finish(Manifest manifest, byte[] config) throws BuildException, InterruptedException {
    for (Future<Void> upload : uploads) {
      Failures.await(upload);
    }
    try {
      for (List<ImageReference> registry : registries()) {
        Optional<ImageReference> from = Optional.empty();
        for (ImageReference repository : registry) {
          push(repository, manifest.config(), BlobSource.bytes(config), from);
          from = Optional.of(repository);
        }
      }
      for (ImageReference destination : destinations) {
        tag(destination, manifest);
      }
    } catch (RegistryException e) {
      throw Failures.registry(e);
    } catch (IOException e) {
      throw Failures.io("push the image", e);
    }
  }

  private void tag(ImageReference destination, Manifest manifest) throws RegistryException {
    try {
      String digest = session.registry().pushManifest(destination, manifest).toString();
      session
          .events()
          .emit(
              new BuildEvent.Pushed(session.clock().instant(), destination.familiarName(), digest));
    } catch (RegistryException e) {
      if (!ImmutableTags.isAccepted(e, session.request())) {
        throw e;
      }
      session.events().emit(ImmutableTags.warning(session.clock(), destination));
    }
  }

  private void push(
      ImageReference repository,
      Descriptor descriptor,
      BlobSource source,
      Optional<ImageReference> from)
      throws RegistryException, IOException, InterruptedException {
    String name = descriptor.digest().shortHex();
    slots.acquire();
    try {
      PushOutcome outcome =
          session
              .registry()
              .pushBlob(
                  repository,
                  descriptor,
                  source,
                  from,
                  (done, total) ->
                      session
                          .events()
                          .emit(
                              new BuildEvent.TransferProgress(
                                  session.clock().instant(), Direction.PUSH, name, done, total)));
      String word =
          switch (outcome) {
            case EXISTED -> "already there";
            case MOUNTED -> "mounted from " + from.map(ImageReference::repository).orElse("base");
            case UPLOADED -> "done";
          };
      long bytes = outcome == PushOutcome.UPLOADED ? descriptor.size() : 0;
      session
          .events()
          .emit(
              new BuildEvent.TransferFinished(
                  session.clock().instant(), Direction.PUSH, name, bytes, word));
    } finally {
      slots.release();
    }
  }

  /** A base layer is fetched here, if the destination has no other way to get it. */
  static BlobSource source(StageLayer layer) {
    return () -> {
      try {
        return Files.newInputStream(layer.blob());
      } catch (BuildException e) {
        throw new IOException(e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted while a layer was fetched");
      }
    };
  }
}
