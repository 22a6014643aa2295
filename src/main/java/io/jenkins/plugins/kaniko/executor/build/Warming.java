package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.cache.BuildDirectory;
import io.jenkins.plugins.kaniko.executor.cache.ContentStore;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.FromInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.Variables;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageIndex;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.Registries;
import io.jenkins.plugins.kaniko.executor.registry.Registry;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.registry.ResolvedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Fetches base images before the builds that need them. They go into the store of a request, or
 * into its directory of base layers, which many builds can read.
 */
public final class Warming {
  /**
   * What is fetched.
   *
   * @param images by name
   * @param ofDockerfile also those that the stages of the request's Dockerfile start from
   * @param anew even if they are there
   */
  public record Wanted(List<String> images, boolean ofDockerfile, boolean anew) {
    /** Copies what it gets. */
    public Wanted {
      images = List.copyOf(images);
    }
  }

  private final Wanted wanted;
  private final BuildRequest request;
  private final EventSink events;
  private final Clock clock = Clock.systemUTC();
  private final Optional<WarmLayers> warm;
  private ContentStore store;
  private Path directory;
  private Registry registry;

  private Warming(Wanted wanted, BuildRequest request, EventSink events) {
    this.wanted = wanted;
    this.request = request;
    this.events = events;
    this.warm = request.sourceOptions().baseLayers().map(WarmLayers::new);
  }

  /** Fetches what is wanted. */
  public static BuildResult run(Wanted wanted, BuildRequest request, EventSink events)
      throws BuildException, InterruptedException {
    return new Warming(wanted, request, events).run();
  }

  private BuildResult run() throws BuildException, InterruptedException {
    try {
      store = ContentStore.open(request.storeDirectory());
      try (BuildDirectory own = store.beginBuild();
          Registry opened = Registries.open(RegistrySetup.of(request, events, clock))) {
        directory = own.path();
        registry = opened;
        if (warm.isPresent()) {
          warm.get().create();
        }
        Platform platform = ImageBuilder.platform(request);
        for (String image : wanted.images()) {
          fetch(image, platform);
        }
        if (wanted.ofDockerfile()) {
          fetchBases(platform);
        }
      }
    } catch (RegistryException e) {
      throw Failures.registry(e);
    } catch (ContextException e) {
      throw new BuildException(Category.USAGE, e.getMessage(), e);
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    } catch (IOException e) {
      throw Failures.io("fetch base images", e);
    }
    return new BuildResult(
        "", "", "", List.of(), false, List.of(), List.of(), 0, Duration.ZERO, 0, 0, List.of());
  }

  private void fetchBases(Platform platform)
      throws BuildException,
          RegistryException,
          ContextException,
          DockerfileException,
          IOException,
          InterruptedException {
    Path file = Dockerfiles.find(request, request.contextRoot(), directory);
    Dockerfile dockerfile = Dockerfiles.parse(request, Dockerfiles.text(request, file));
    Set<String> done = new TreeSet<>();
    for (Stage stage : dockerfile.stages()) {
      Map<String, String> globals = GlobalArgs.of(dockerfile, request.buildArgs(), platform, stage);
      StagePlan plan = StagePlan.of(dockerfile, stage, Variables.of(globals), name -> false);
      FromInstruction from = plan.from(stage);
      Platform asked = BuildRun.platform(from).orElse(platform);
      boolean image = plan.parent(stage).isEmpty() && !from.image().equals("scratch");
      if (image && done.add(from.image() + " " + asked)) {
        fetch(from.image(), asked);
      }
    }
  }

  private void fetch(String name, Platform platform)
      throws BuildException, RegistryException, IOException {
    ImageReference reference;
    try {
      reference = ImageReference.parse(name);
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          Category.USAGE, "tried to use the image %s, but %s".formatted(name, e.getMessage()), e);
    }
    ResolvedImage image = registry.resolve(reference, platform);
    List<Descriptor> layers = image.manifest().layers();
    List<Digest> diffIds = image.config().diffIds();
    if (layers.size() != diffIds.size()) {
      throw new BuildException(
          Category.REGISTRY,
          "tried to fetch %s, but its manifest and its config have not the same layers; the image is damaged: push it anew"
              .formatted(name));
    }
    for (int i = 0; i < layers.size(); i++) {
      if (!MediaTypes.isForeignLayer(layers.get(i).mediaType())) {
        fetch(reference, layers.get(i), diffIds.get(i));
      }
    }
    if (warm.isPresent()) {
      byte[] config = image.config().toBytes();
      if (Digest.sha256(config).equals(image.manifest().config().digest())) {
        warm.get().add(image.manifest().config().digest(), new ByteArrayInputStream(config));
        byte[] manifest = image.manifest().toBytes();
        warm.get().add(image.manifestDigest(), new ByteArrayInputStream(manifest));
        for (ImageIndex index : image.indexes()) {
          byte[] document = index.toBytes();
          warm.get().add(Digest.sha256(document), new ByteArrayInputStream(document));
        }
        warm.get().list(reference.familiarName(), image.manifest().descriptor());
      }
    }
    say("fetched " + reference.familiarName() + " (" + image.manifestDigest() + ")");
  }

  private void fetch(ImageReference image, Descriptor layer, Digest diffId)
      throws RegistryException, IOException {
    if (!wanted.anew() && isThere(layer.digest())) {
      return;
    }
    Path file = Files.createTempFile(directory, "layer", "");
    try (OutputStream out = Files.newOutputStream(file)) {
      String name = layer.digest().shortHex();
      registry.fetchBlob(
          image,
          layer,
          out,
          (done, total) ->
              events.emit(
                  new BuildEvent.TransferProgress(
                      clock.instant(), Direction.PULL, name, done, total)));
      events.emit(
          new BuildEvent.TransferFinished(
              clock.instant(), Direction.PULL, name, layer.size(), "done"));
    }
    // Whoever takes it from here trusts that it is the layer of the config.
    LayerReader.read(file, diffId, (entry, content) -> {});
    if (warm.isPresent()) {
      try (InputStream in = Files.newInputStream(file)) {
        warm.get().add(layer.digest(), in);
      }
    } else {
      if (wanted.anew()) {
        store.removeBlob(layer.digest());
      }
      store.commitBlob(file, layer.digest());
    }
    Files.deleteIfExists(file);
  }

  private boolean isThere(Digest layer) throws IOException {
    return warm.isPresent() ? warm.get().find(layer).isPresent() : store.blob(layer).isPresent();
  }

  private void say(String text) {
    events.emit(new BuildEvent.Message(clock.instant(), BuildEvent.Level.INFO, text));
  }
}
