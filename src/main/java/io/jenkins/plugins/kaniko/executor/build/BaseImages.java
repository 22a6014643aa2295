package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.registry.ResolvedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;

/** Images that stages start from or copy from; each is resolved once, whoever asks. */
final class BaseImages {
  private final BuildSession session;
  private final Optional<WarmLayers> warm;
  private final Map<String, FutureTask<StageState>> known = new ConcurrentHashMap<>();
  private final Map<String, BaseLayer> layers = new ConcurrentHashMap<>();

  BaseImages(BuildSession session) {
    this.session = session;
    this.warm = session.request().sourceOptions().baseLayers().map(WarmLayers::new);
  }

  /** What FROM scratch begins with, as BuildKit has it. */
  StageState scratch(Platform platform) {
    ImageConfig config =
        ImageConfig.scratch(platform).toBuilder()
            .env("PATH", RunStep.DEFAULT_PATH)
            .workingDir("/")
            .build();
    return new StageState(ImageFormat.OCI, config, List.of());
  }

  /**
   * An image of a registry.
   *
   * @param user the instruction that names it
   * @param platform that somebody asked for; empty for the build's own
   */
  StageState image(Instruction user, String name, Optional<Platform> platform)
      throws BuildException, InterruptedException {
    ImageReference reference;
    try {
      reference = ImageReference.parse(name);
    } catch (IllegalArgumentException e) {
      throw Failures.at(user, "tried to find an image, but " + e.getMessage(), e);
    }
    Platform wanted = platform.orElse(session.platform());
    FutureTask<StageState> state =
        known.computeIfAbsent(
            reference + " " + wanted,
            key -> new FutureTask<>(() -> resolve(user, reference, wanted, platform.isPresent())));
    // Does nothing if somebody else has begun; then it is waited for.
    state.run();
    return Failures.await(state).child();
  }

  private StageState resolve(
      Instruction user, ImageReference reference, Platform platform, boolean explicit)
      throws BuildException {
    try {
      Optional<ResolvedImage> known =
          warm.isPresent() ? warm.get().resolve(reference, platform) : Optional.empty();
      ResolvedImage image =
          known.isPresent() ? known.get() : session.registry().resolve(reference, platform);
      if (explicit || session.request().customPlatform().isPresent()) {
        image.requirePlatform(platform);
      }
      List<Descriptor> descriptors = image.manifest().layers();
      List<Digest> diffIds = image.config().diffIds();
      if (descriptors.size() != diffIds.size()) {
        throw new BuildException(
            Category.REGISTRY,
            "tried to use "
                + reference.familiarName()
                + ", but its manifest has "
                + descriptors.size()
                + " layers and its config "
                + diffIds.size()
                + "; the image is damaged: push it anew",
            Failures.location(user),
            null);
      }
      List<StageLayer> stack = new ArrayList<>();
      for (int i = 0; i < descriptors.size(); i++) {
        stack.add(layer(reference, descriptors.get(i), diffIds.get(i)));
      }
      return new StageState(session.format(image.manifest().format()), image.config(), stack);
    } catch (IOException e) {
      throw Failures.at(user, "tried to read base images of --cache-dir, but " + e.getMessage(), e);
    } catch (RegistryException e) {
      throw new BuildException(
          Category.REGISTRY, e.getMessage() + stageHint(reference), Failures.location(user), e);
    }
  }

  private StageLayer layer(ImageReference image, Descriptor descriptor, Digest diffId) {
    BaseLayer own =
        new BaseLayer(
            session,
            image.familiarName(),
            Optional.of(image),
            (layer, out) -> read(image, layer, out),
            descriptor,
            diffId);
    BaseLayer first = layers.computeIfAbsent(descriptor.digest() + " " + diffId, key -> own);
    return first == own ? own : new SharedLayer(first, image, descriptor);
  }

  /** What was fetched before need not be fetched again. */
  private void read(ImageReference image, Descriptor layer, OutputStream out)
      throws RegistryException, IOException {
    Optional<Path> known = warm.isPresent() ? warm.get().find(layer.digest()) : Optional.empty();
    if (known.isPresent()) {
      Files.copy(known.get(), out);
    } else {
      BaseLayer.pull(session, image, layer, out);
    }
  }

  /** A name without a registry may have been meant for a stage. */
  private String stageHint(ImageReference reference) {
    String name = reference.familiarName();
    boolean plain = !name.contains("/") && reference.digest().isEmpty();
    List<String> stages =
        session.dockerfile().stages().stream().flatMap(stage -> stage.name().stream()).toList();
    return plain && !stages.isEmpty()
        ? " (no stage has that name either; the stages are " + String.join(", ", stages) + ")"
        : "";
  }
}
