package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Variables;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.oci.History;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a stage has become so far: its config, its layers, the variables that its next instruction
 * sees, and its root directory where it runs commands.
 */
final class StageState {
  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

  private final ImageFormat format;
  private ImageConfig config;
  private final List<StageLayer> layers;
  private final List<History> history;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private Optional<RootFilesystem> root = Optional.empty();
  private MergedTree tree;
  private boolean commandSet;

  /**
   * @param config of the base, whose history and layers are those of the lists
   */
  StageState(ImageFormat format, ImageConfig config, List<? extends StageLayer> layers) {
    this.format = format;
    this.config = config;
    this.layers = new ArrayList<>(layers);
    this.history = new ArrayList<>(config.history());
    variables.putAll(config.env());
  }

  /**
   * What a stage that starts FROM this one begins with: neither its ARGs nor its root directory.
   */
  StageState child() {
    StageState child = new StageState(format, config, layers);
    child.history.clear();
    child.history.addAll(history);
    return child;
  }

  ImageFormat format() {
    return format;
  }

  ImageConfig config() {
    return config;
  }

  List<StageLayer> layers() {
    return List.copyOf(layers);
  }

  List<History> history() {
    return List.copyOf(history);
  }

  Optional<RootFilesystem> root() {
    return root;
  }

  void useRoot(RootFilesystem filesystem) {
    root = Optional.of(filesystem);
  }

  /**
   * ENV and ARG values as the next instruction sees them; the later of two with one name counts.
   */
  Variables variables() {
    return Variables.of(variables);
  }

  /** The environment of a command, without what the sandbox adds. */
  Map<String, String> environment() {
    return new LinkedHashMap<>(variables);
  }

  void env(String name, String value) {
    variables.put(name, value);
    config = config.toBuilder().env(name, value).build();
  }

  void arg(String name, String value) {
    variables.put(name, value);
  }

  void change(UnaryOperator<ImageConfig.Builder> change) {
    config = change.apply(config.toBuilder()).build();
  }

  String workingDirectory() {
    return config.workingDir().filter(dir -> !dir.isEmpty()).orElse("/");
  }

  List<String> shell() {
    return config.shell().filter(shell -> !shell.isEmpty()).orElse(DEFAULT_SHELL);
  }

  /** CMD has been given in this stage, so that an ENTRYPOINT does not drop it. */
  boolean isCommandSet() {
    return commandSet;
  }

  void commandSet() {
    commandSet = true;
  }

  void addLayer(StageLayer layer, History step) {
    layers.add(layer);
    history.add(step);
    tree = null;
  }

  void addHistory(History step) {
    history.add(step);
  }

  /** The file system as it stands; without a root directory it is read off the layers. */
  synchronized MergedTree tree() throws BuildException, InterruptedException {
    if (root.isPresent()) {
      return root.get().tree();
    }
    if (tree == null) {
      List<LayerTree> trees = new ArrayList<>();
      for (StageLayer layer : layers) {
        trees.add(layer.tree());
      }
      try {
        tree = MergedTree.of(trees);
      } catch (IOException e) {
        throw Failures.io("read the layers of a stage", e);
      }
    }
    return tree;
  }
}
