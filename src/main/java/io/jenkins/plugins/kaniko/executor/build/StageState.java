package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.dockerfile.Variables;
import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.oci.History;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystem;
import java.io.IOException;
import java.time.Instant;
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
  /** Stands for the time of what was made of nothing, until it is known when the rest was made. */
  static final Instant UNDATED = Instant.EPOCH.minusSeconds(1);

  private static final String PATH = "PATH";
  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

  private final ImageFormat format;
  private ImageConfig config;
  private final List<StageLayer> layers;
  private final List<History> history;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private Optional<RootFilesystem> root = Optional.empty();
  private MergedTree tree;
  private boolean commandSet;
  private Lineage lineage;
  private Optional<CacheKey> chain = Optional.empty();
  private Optional<Instant> cachedAt;
  private final List<Doubt> doubts = new ArrayList<>();

  /**
   * @param config of the base, whose history and layers are those of the lists
   */
  StageState(ImageFormat format, ImageConfig config, List<? extends StageLayer> layers) {
    this.format = format;
    this.config = config;
    this.layers = new ArrayList<>(layers);
    this.history = new ArrayList<>(config.history());
    this.lineage = Lineage.of(config.platform(), layers);
    this.cachedAt = config.created().or(() -> Optional.of(UNDATED));
    variables.putAll(config.env());
  }

  /**
   * What a stage that starts FROM this one begins with: its ARGs too, where no ENV of the name
   * counts, but not its root directory.
   */
  StageState child() {
    StageState child = new StageState(format, config, layers);
    variables.forEach(child.variables::putIfAbsent);
    child.history.clear();
    child.history.addAll(history);
    child.lineage = lineage;
    child.chain = chain;
    child.cachedAt = cachedAt;
    child.doubts.addAll(doubts);
    return child;
  }

  /** Every stage has a PATH, as in BuildKit: {@code ENV PATH=/own:$PATH} counts on it. */
  StageState withPath() {
    if (!config.env().containsKey(PATH)) {
      env(PATH, RunStep.DEFAULT_PATH);
    }
    return this;
  }

  /** The same state, to look ahead with: what happens to it does not happen to this one. */
  StageState shadow() {
    StageState shadow = child();
    shadow.variables.putAll(variables);
    shadow.commandSet = commandSet;
    return shadow;
  }

  /** What the file system was made of. */
  Lineage lineage() {
    return lineage;
  }

  /** All that was done up to here, as a part of the next step's key. */
  CacheKey chain() throws BuildException, InterruptedException {
    if (chain.isEmpty()) {
      chain = Optional.of(lineage.key());
    }
    return chain.get();
  }

  /** Says what the last step was, and what has become of the file system. */
  void follow(CacheKey step, Lineage made) throws BuildException, InterruptedException {
    chain = Optional.of(CacheKey.of("chain").key("below", chain()).key("step", step).build());
    lineage = made;
  }

  /** Reasons not to keep what is made on top of this. */
  List<Doubt> doubts() {
    return List.copyOf(doubts);
  }

  void doubt(List<Doubt> more) {
    doubts.addAll(more);
  }

  /** When the latest of the steps was made; empty once this build has made one itself. */
  Optional<Instant> cachedAt() {
    return cachedAt;
  }

  /** A history in which what has no time yet gets this one. */
  static List<History> dated(List<History> history, Instant time) {
    return history.stream()
        .map(step -> step.created().equals(Optional.of(UNDATED)) ? step.at(time) : step)
        .toList();
  }

  void cachedAt(Optional<Instant> time) {
    cachedAt = time;
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

  /** The root directory is someone else's from here on. */
  void leaveRoot() {
    root = Optional.empty();
    tree = null;
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
