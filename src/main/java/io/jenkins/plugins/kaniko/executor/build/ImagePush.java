package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import io.jenkins.plugins.kaniko.executor.registry.ProgressListener;
import io.jenkins.plugins.kaniko.executor.registry.Registries;
import io.jenkins.plugins.kaniko.executor.registry.Registry;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pushes an image that an earlier build has written to files. */
public final class ImagePush {
  private final Path path;
  private final BuildRequest request;
  private final EventSink events;
  private final Clock clock = Clock.systemUTC();

  private ImagePush(Path path, BuildRequest request, EventSink events) {
    this.path = path;
    this.request = request;
    this.events = events;
  }

  /**
   * Pushes to every destination of a request.
   *
   * @param path an OCI layout or an archive of {@code docker save}
   */
  public static BuildResult push(Path path, BuildRequest request, EventSink events)
      throws BuildException, InterruptedException {
    return new ImagePush(path, request, events).run();
  }

  private BuildResult run() throws BuildException, InterruptedException {
    Instant begin = clock.instant();
    if (!Files.exists(path)) {
      throw unusable("there is no such file or directory", null);
    }
    try (StoredImage image = StoredImage.open(path);
        Registry registry = Registries.open(RegistrySetup.of(request, events, clock))) {
      List<String> destinations = new ArrayList<>();
      List<String> tags = new ArrayList<>();
      List<ImageReference> pushed = new ArrayList<>();
      for (String name : request.destinations()) {
        ImageReference destination = reference(name);
        if (!request.registrySettings().push().skipPermissionCheck()) {
          registry.checkPush(destination);
        }
        Optional<ImageReference> from =
            pushed.stream()
                .filter(each -> each.registry().equals(destination.registry()))
                .findAny();
        pushBlobs(registry, image, destination, from);
        pushed.add(destination);
      }
      // Tags go last: whatever fails before leaves them as they were.
      for (ImageReference destination : pushed) {
        tag(registry, image, destination);
        destinations.add(destination.withDigest(image.manifest().digest()).toString());
        destination.tag().filter(tag -> !tags.contains(tag)).ifPresent(tags::add);
      }
      List<BuildResult.Layer> layers = layers(image);
      return new BuildResult(
          image.manifest().digest().toString(),
          image.manifest().config().digest().toString(),
          image.manifest().mediaType(),
          destinations,
          true,
          tags,
          layers,
          layers.stream().mapToLong(BuildResult.Layer::size).sum(),
          Duration.between(begin, clock.instant()),
          0,
          0,
          List.of());
    } catch (IllegalArgumentException e) {
      throw unusable(e.getMessage(), e);
    } catch (RegistryException e) {
      throw Failures.registry(e);
    } catch (IOException e) {
      throw Failures.io("read the image " + path, e);
    }
  }

  private static ImageReference reference(String name) throws BuildException {
    try {
      return ImageReference.parseTag(name);
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          Category.USAGE,
          "tried to use --destination %s, but %s".formatted(name, e.getMessage()),
          e);
    }
  }

  /**
   * @param from a repository of the same registry that has all of them
   */
  private void pushBlobs(
      Registry registry,
      StoredImage image,
      ImageReference destination,
      Optional<ImageReference> from)
      throws RegistryException, IOException {
    for (Descriptor layer : image.manifest().layers()) {
      if (!MediaTypes.isForeignLayer(layer.mediaType())) {
        registry.pushBlob(
            destination, layer, image.blob(layer.digest()), from, ProgressListener.NONE);
      }
    }
    registry.pushBlob(
        destination,
        image.manifest().config(),
        BlobSource.bytes(image.config()),
        from,
        ProgressListener.NONE);
  }

  private void tag(Registry registry, StoredImage image, ImageReference destination)
      throws RegistryException {
    try {
      registry.pushManifest(destination, image.manifest());
      events.emit(
          new BuildEvent.Pushed(
              clock.instant(), destination.familiarName(), image.manifest().digest().toString()));
    } catch (RegistryException e) {
      if (!ImmutableTags.isAccepted(e, request)) {
        throw e;
      }
      events.emit(ImmutableTags.warning(clock, destination));
    }
  }

  private static List<BuildResult.Layer> layers(StoredImage image) {
    List<BuildResult.Layer> layers = new ArrayList<>();
    ImageConfig config = ImageConfig.parse(image.config());
    for (int i = 0; i < image.manifest().layers().size(); i++) {
      Descriptor layer = image.manifest().layers().get(i);
      String diffId = i < config.diffIds().size() ? config.diffIds().get(i).toString() : "";
      layers.add(new BuildResult.Layer(layer.digest().toString(), diffId, layer.size(), ""));
    }
    return layers;
  }

  private BuildException unusable(String problem, Throwable cause) {
    return new BuildException(
        Category.USAGE,
        "tried to push the image %s, but %s; give an OCI layout or a docker archive"
            .formatted(path, problem),
        cause);
  }
}
