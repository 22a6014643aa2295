package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.dockerfile.FromInstruction;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.SquashedLayer;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.History;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of the target's layers and history in the image: see {@link ImageOptions}. */
final class ImageForm {
  private final ImageFormat format;
  private final Map<String, String> annotations;
  private final List<StageLayer> layers;
  private final List<History> history;
  private final boolean single;

  private ImageForm(
      BuildSession session,
      StageState state,
      List<StageLayer> layers,
      List<History> history,
      boolean single) {
    this.format = session.request().imageOptions().formatOn(state.format());
    this.annotations = session.request().imageOptions().annotations();
    this.layers = List.copyOf(layers);
    this.history = List.copyOf(history);
    this.single = single;
  }

  static ImageForm of(BuildSession session, StageState state)
      throws BuildException, InterruptedException {
    List<StageLayer> all = state.layers();
    int base = 0;
    while (base < all.size() && isOfBase(all.get(base))) {
      base++;
    }
    if (!session.request().imageOptions().singleLayer() || base == all.size()) {
      return new ImageForm(session, state, all, state.history(), false);
    }
    List<StageLayer> layers = new ArrayList<>(all.subList(0, base));
    layers.add(
        base + 1 == all.size()
            ? all.get(base)
            : squashed(session, state.format(), layers, all.subList(base, all.size())));
    return new ImageForm(session, state, layers, history(state, base), true);
  }

  /** Fails where Docker's format has no name for a layer of a base. */
  static void requireNames(FromInstruction from, StageState base)
      throws BuildException, InterruptedException {
    for (StageLayer layer : base.layers()) {
      try {
        MediaTypes.convertLayer(layer.descriptor().mediaType(), ImageFormat.DOCKER);
      } catch (IllegalArgumentException e) {
        throw new BuildException(
            Category.USAGE,
            "tried to use --image-format docker on %s, but %s, or a base image with gzip layers"
                .formatted(from.image(), e.getMessage()),
            Failures.location(from),
            e);
      }
    }
  }

  private static boolean isOfBase(StageLayer layer) {
    return layer instanceof BaseLayer || layer instanceof SharedLayer;
  }

  private static StageLayer squashed(
      BuildSession session, ImageFormat format, List<StageLayer> below, List<StageLayer> layers)
      throws BuildException, InterruptedException {
    try {
      SquashedLayer squashed = new SquashedLayer(trees(layers));
      // The base image need not be fetched for what nobody asks.
      MergedTree lower = MergedTree.of(squashed.asksBelow() ? trees(below) : List.of());
      String mediaType = session.layerType(format);
      return OwnLayer.write(session, mediaType, squashed.items(lower), Optional.empty());
    } catch (IOException e) {
      throw Failures.io("make one layer of all steps", e);
    }
  }

  private static List<LayerTree> trees(List<StageLayer> layers)
      throws BuildException, InterruptedException {
    List<LayerTree> trees = new ArrayList<>();
    for (StageLayer layer : layers) {
      trees.add(layer.tree());
    }
    return trees;
  }

  /** Only the last of the steps that changed files has a layer. */
  private static List<History> history(StageState state, int base) {
    List<History> steps = new ArrayList<>(state.history());
    int last = steps.size() - 1;
    while (steps.get(last).emptyLayer()) {
      last--;
    }
    int layer = 0;
    for (int i = 0; i < last; i++) {
      History step = steps.get(i);
      if (!step.emptyLayer() && layer++ >= base) {
        steps.set(i, step.withoutLayer());
      }
    }
    return steps;
  }

  /** From the lowest to the highest. */
  List<StageLayer> layers() {
    return layers;
  }

  List<History> history() {
    return history;
  }

  /** Whether the highest layer is one that nobody has heard of yet. */
  boolean isSingle() {
    return single;
  }

  Manifest manifest(byte[] config, List<Descriptor> descriptors) throws BuildException {
    Descriptor descriptor =
        Descriptor.of(MediaTypes.config(format), Digest.sha256(config), config.length);
    try {
      return Manifest.create(format, descriptor, descriptors, annotations);
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          Category.USAGE, "tried to write the manifest, but " + e.getMessage(), e);
    }
  }
}
