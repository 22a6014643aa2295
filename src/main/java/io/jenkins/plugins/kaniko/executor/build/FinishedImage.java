package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.History;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a build ends with: the image of its target, where it goes, and what is told of it. */
final class FinishedImage {
  private final BuildSession session;
  private final List<ImageReference> destinations;
  private final Publisher publisher;
  private final StepCache cache;

  FinishedImage(
      BuildSession session,
      List<ImageReference> destinations,
      Publisher publisher,
      StepCache cache) {
    this.session = session;
    this.destinations = destinations;
    this.publisher = publisher;
    this.cache = cache;
  }

  /**
   * Makes config and manifest, writes the files that are asked for, and pushes.
   *
   * @param state of the target's stage
   * @param start of the build
   * @param done the steps of all stages
   */
  BuildResult write(StageState state, Instant start, int warnings, List<BuildResult.Step> done)
      throws BuildException, InterruptedException {
    ImageForm form = ImageForm.of(session, state);
    List<Descriptor> descriptors = new ArrayList<>();
    List<Digest> diffIds = new ArrayList<>();
    for (StageLayer layer : form.layers()) {
      descriptors.add(layer.descriptor());
      diffIds.add(layer.diffId());
    }
    ImageConfig config = finalConfig(state, form.history(), diffIds);
    byte[] configBytes = cache.withRecords(config, descriptors).toBytes();
    Manifest manifest = form.manifest(configBytes, descriptors);
    if (form.isSingle()) {
      publisher.layer(form.layers().get(form.layers().size() - 1));
    }
    long size = descriptors.stream().mapToLong(Descriptor::size).sum();
    session
        .events()
        .emit(
            new BuildEvent.ImageFinished(
                session.clock().instant(),
                manifest.digest().toString(),
                manifest.config().digest().toString(),
                descriptors.size(),
                size));
    export(manifest, configBytes, form.layers());
    publisher.finish(manifest, configBytes);
    cache.finish(session.dockerfile(), state.layers());
    String digest = manifest.digest().toString();
    return new BuildResult(
        digest,
        manifest.config().digest().toString(),
        manifest.mediaType(),
        destinations.stream().map(d -> d.withDigest(manifest.digest()).toString()).toList(),
        !session.request().noPush(),
        destinations.stream().flatMap(d -> d.tag().stream()).distinct().toList(),
        layers(manifest, form.history(), diffIds),
        size,
        Duration.between(start, session.clock().instant()),
        warnings,
        (int) done.stream().filter(BuildResult.Step::cached).count(),
        done);
  }

  private ImageConfig finalConfig(StageState state, List<History> history, List<Digest> diffIds) {
    Instant now = session.clock().instant();
    Instant made =
        cache.isOn()
            ? state.cachedAt().filter(time -> !time.equals(StageState.UNDATED)).orElse(now)
            : now;
    ImageConfig.Builder config =
        state.config().toBuilder()
            .layers(diffIds, StageState.dated(history, made))
            .created(session.request().layerOptions().times().of(made));
    if (session.request().customPlatform().isPresent()) {
      config.platform(session.platform());
    }
    session.request().labels().forEach(config::label);
    return config.build();
  }

  private void export(Manifest manifest, byte[] config, List<StageLayer> layers)
      throws BuildException, InterruptedException {
    ImageExport export = new ImageExport(manifest, config, layers);
    Optional<Path> tar = session.request().resultFiles().tar();
    Optional<Path> layout = session.request().resultFiles().layout();
    if (tar.isPresent()) {
      write(tar.get(), file -> export.dockerArchive(file, destinations));
    }
    if (layout.isPresent()) {
      write(layout.get(), directory -> export.ociLayout(directory, destinations));
    }
  }

  @FunctionalInterface
  private interface Writer {
    void write(Path target) throws IOException, BuildException, InterruptedException;
  }

  private void write(Path target, Writer writer) throws BuildException, InterruptedException {
    try {
      writer.write(target);
      session.message(BuildEvent.Level.INFO, "wrote " + target);
    } catch (IOException e) {
      BuildException failure = Failures.io("write the image to " + target, e);
      throw failure instanceof DiskFullException full ? full.at(target) : failure;
    }
  }

  private static List<BuildResult.Layer> layers(
      Manifest manifest, List<History> history, List<Digest> diffIds) {
    List<String> createdBy =
        history.stream().filter(step -> !step.emptyLayer()).map(History::createdBy).toList();
    List<BuildResult.Layer> layers = new ArrayList<>();
    for (int i = 0; i < diffIds.size(); i++) {
      Descriptor descriptor = manifest.layers().get(i);
      layers.add(
          new BuildResult.Layer(
              descriptor.digest().toString(),
              diffIds.get(i).toString(),
              descriptor.size(),
              i < createdBy.size() ? createdBy.get(i) : ""));
    }
    return layers;
  }
}
