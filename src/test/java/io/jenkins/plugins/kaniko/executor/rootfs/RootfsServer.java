package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.IndexTree;
import io.jenkins.plugins.kaniko.executor.layer.LayerBlob;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerIndex;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.LayerWriter;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.layer.Trees;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystem.MountPoint;
import io.jenkins.plugins.kaniko.executor.sandbox.BindMount;
import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import io.jenkins.plugins.kaniko.executor.sandbox.NamespaceLauncher;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import io.jenkins.plugins.kaniko.executor.sandbox.RunRequest;
import io.jenkins.plugins.kaniko.executor.sandbox.Sandbox;
import io.jenkins.plugins.kaniko.executor.sandbox.Sandboxes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A stand-in for the executor inside a rung: builds root file systems, runs commands over them, and
 * reports what the changesets say and whether they are true.
 */
final class RootfsServer {
  private static final String TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String APPLETS =
      "cat chmod chown cut dd du find grep kill ln ls mkdir mkfifo mknod mv nc rm seq sh sleep stat touch tr truncate";
  private static Path xattr;
  private static final long HUGE = 8L << 30;
  private static int scenarios;

  private final Sandbox sandbox;
  private final Path directory;
  private final Scenario scenario;
  private final List<PackedLayer> layers = new ArrayList<>();
  private int names;

  private RootfsServer(Sandbox sandbox, Path directory, Scenario scenario) {
    this.sandbox = sandbox;
    this.directory = directory;
    this.scenario = scenario;
  }

  /**
   * What is to be done: a base image is made by one command, and further commands change it.
   *
   * @param overlay or else a plain directory
   * @param applied what COPY puts in place after the steps, a line each as {@link TestEntry} reads
   *     it
   * @param foreign further layers of the base, written by another hand, lines as in {@code applied}
   */
  record Scenario(
      boolean overlay,
      String base,
      List<String> steps,
      List<String> ignored,
      List<String> applied,
      List<List<String>> foreign)
      implements Serializable {
    private static final long serialVersionUID = 1;

    Scenario(
        boolean overlay,
        String base,
        List<String> steps,
        List<String> ignored,
        List<String> applied) {
      this(overlay, base, steps, ignored, applied, List.of());
    }
  }

  /**
   * What came of it.
   *
   * @param entries the entries of each step's changeset, a line each
   * @param differences between the root as the command left it, and the layers applied anew
   */
  record Outcome(List<List<String>> entries, List<String> differences, String output, String error)
      implements Serializable {
    private static final long serialVersionUID = 1;
  }

  public static void main(String[] args) throws Exception {
    Optional<Decision> current = Sandboxes.current();
    if (current.isEmpty()) {
      Decision decision = NamespaceLauncher.decide(Isolation.parse(args[0]));
      List<String> command =
          List.of(
              System.getProperty("java.home") + "/bin/java",
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              RootfsServer.class.getName(),
              args[0],
              args[1]);
      System.exit(NamespaceLauncher.launch(decision, command, Map.of("LC_ALL", "C.UTF-8")));
    }
    serve(Path.of(args[1]));
  }

  @SuppressWarnings("BanSerializableRead") // Both ends of the pipe are this test.
  private static void serve(Path directory) throws Exception {
    ObjectOutputStream out = new ObjectOutputStream(System.out);
    out.flush();
    ObjectInputStream in = new ObjectInputStream(System.in);
    xattr = compile(directory);
    try (Sandbox sandbox = Sandboxes.open(directory.resolve("run"))) {
      while (true) {
        Scenario scenario;
        try {
          scenario = (Scenario) in.readObject();
        } catch (java.io.EOFException e) {
          return;
        }
        Path own = Files.createDirectories(directory.resolve("scenario" + scenarios++));
        Outcome outcome;
        try {
          outcome = new RootfsServer(sandbox, own, scenario).play();
        } catch (Exception e) {
          outcome = new Outcome(List.of(), List.of(), "", String.valueOf(e));
        }
        Trees.delete(own);
        out.writeObject(outcome);
        out.flush();
      }
    }
  }

  /** {@code xattr NAME HEX FILE}: no applet of busybox can set one. */
  private static Path compile(Path directory) throws Exception {
    Path source = directory.resolve("xattr.c");
    try (InputStream in = RootfsServer.class.getResourceAsStream("/rootfs/xattr.c")) {
      Files.copy(in, source);
    }
    Path program = directory.resolve("xattr");
    must("gcc", "-O1", "-static", "-o", program.toString(), source.toString());
    return program;
  }

  private Outcome play() throws Exception {
    pack(busybox());
    if (!scenario.base().isEmpty()) {
      pack(run(root(List.of()), scenario.base(), new ByteArrayOutputStream()).items());
    }
    for (List<String> layer : scenario.foreign()) {
      Path blob = fresh().resolve("blob");
      layers.add(new PackedLayer(blob, TestEntry.write(blob, layer)));
    }
    RootFilesystem root = root(scenario.ignored());
    List<List<String>> entries = new ArrayList<>();
    List<String> differences = new ArrayList<>();
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    for (String step : scenario.steps()) {
      entries.add(record(run(root, step, output)));
    }
    if (!scenario.applied().isEmpty()) {
      List<LayerItem> items =
          scenario.applied().stream().map(line -> TestEntry.of(line).item()).toList();
      entries.add(record(root.apply(items)));
    }
    Map<String, String> truth = dump(root);
    differences.addAll(
        compare("directory", truth, dump(RootFilesystems.directory(fresh(), layers, List.of()))));
    differences.addAll(compare("overlay", truth, dump(overlay(List.of()))));
    if (scenario.ignored().isEmpty()) {
      differences.addAll(compare("tree", describe(root.tree()), describe(indexes())));
    }
    return new Outcome(entries, differences, output.toString(StandardCharsets.UTF_8), "");
  }

  /** The layers as a stage sees them that has no root directory. */
  private MergedTree indexes() throws IOException {
    List<IndexTree> trees = new ArrayList<>();
    for (PackedLayer layer : layers) {
      LayerIndex index = LayerReader.read(layer.blob(), layer.diffId(), (entry, content) -> {});
      trees.add(new IndexTree(index, layer::blob, fresh()));
    }
    return MergedTree.of(trees);
  }

  private static Map<String, String> describe(MergedTree tree) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    describe(tree, "", lines);
    return lines;
  }

  private static void describe(MergedTree tree, String directory, Map<String, String> lines)
      throws IOException {
    for (Map.Entry<String, MergedTree.Node> child : tree.list(directory).entrySet()) {
      String path = Names.join(directory, child.getKey());
      LayerEntry entry = child.getValue().entry();
      String line = "%s %o %d:%d".formatted(entry.type(), entry.mode(), entry.uid(), entry.gid());
      line += " " + entry.mtime() + " " + entry.size() + " " + entry.linkTarget();
      if (entry.isFile() && entry.size() < 1000) {
        try (InputStream content = child.getValue().open()) {
          line += " " + new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
      }
      lines.put("/" + path, line);
      if (entry.isDirectory()) {
        describe(tree, path, lines);
      }
    }
  }

  private List<String> record(Changeset changes) throws IOException {
    List<String> lines = new ArrayList<>();
    for (LayerItem item : changes.items()) {
      LayerEntry entry = item.entry();
      String line = entry.type() + " " + Integer.toOctalString(entry.mode());
      line += " " + entry.uid() + ":" + entry.gid() + " " + entry.path();
      if (!entry.linkTarget().isEmpty()) {
        line += " -> " + entry.linkTarget();
      }
      if (entry.major() + entry.minor() > 0) {
        line += " " + entry.major() + "," + entry.minor();
      }
      for (Map.Entry<String, byte[]> xattr : new TreeMap<>(entry.xattrs()).entrySet()) {
        line += " " + xattr.getKey() + "=" + HexFormat.of().formatHex(xattr.getValue());
      }
      if (entry.size() > HUGE) {
        // Such a layer would take a minute to write: its size is all that is asked.
        lines.add(line + " size=" + entry.size());
        return lines;
      }
      lines.add(line);
    }
    if (!changes.isEmpty()) {
      pack(changes.items());
    }
    return lines;
  }

  private Changeset run(RootFilesystem root, String script, ByteArrayOutputStream output)
      throws Exception {
    MergedTree tree = root.tree();
    Path resolver = directory.resolve("resolv.conf");
    Files.writeString(resolver, "nameserver 192.0.2.1\n");
    String target = tree.resolve("etc/resolv.conf", true);
    List<MountPoint> points = new ArrayList<>();
    for (String name : List.of("proc", "sys", "dev")) {
      points.add(new MountPoint(tree.resolve(name, true), true));
    }
    points.add(new MountPoint(target, false));
    RootMount mount = root.beginRun(points);
    RunRequest request =
        RunRequest.builder(mount, List.of("/bin/sh", "-ec", script))
            .environment(Map.of("PATH", "/bin"))
            .workingDirectory("/")
            .binds(List.of(new BindMount(resolver, "/" + target, true)))
            .hostname("rootfs-test")
            .output(output)
            .build();
    int exitCode = sandbox.run(request).exitCode();
    if (exitCode != 0) {
      throw new IOException(script + " ended with " + exitCode + ": " + output);
    }
    return root.endRun();
  }

  private RootFilesystem root(List<String> ignored) throws IOException {
    return scenario.overlay()
        ? overlay(ignored)
        : RootFilesystems.directory(fresh(), layers, ignored);
  }

  private RootFilesystem overlay(List<String> ignored) throws IOException {
    List<Path> trees = new ArrayList<>();
    for (PackedLayer layer : layers) {
      Path tree = fresh().resolve("t");
      RootFilesystems.extract(layer.blob(), layer.diffId(), tree);
      trees.add(tree);
    }
    return RootFilesystems.overlay(fresh(), trees, ignored);
  }

  private Path fresh() throws IOException {
    return Files.createDirectory(directory.resolve("d" + names++));
  }

  private void pack(List<LayerItem> items) throws IOException {
    Path blob = fresh().resolve("blob");
    LayerBlob written = LayerWriter.write(blob, TYPE, items);
    layers.add(new PackedLayer(blob, written.diffId()));
  }

  /** Every path of a root as a command would see it. */
  private Map<String, String> dump(RootFilesystem root) throws Exception {
    RootMount mount = root.beginRun(List.of());
    if (mount instanceof RootMount.Directory plain) {
      return Dumps.of(plain.root(), scenario.ignored());
    }
    RootMount.Overlay overlay = (RootMount.Overlay) mount;
    List<String> lowers = new ArrayList<>(List.of(overlay.upper().toString()));
    overlay.lowers().forEach(lower -> lowers.add(overlay.linkDir().resolve(lower).toString()));
    Path merged = fresh();
    String options = "ro,userxattr,lowerdir=" + String.join(":", lowers);
    must("mount", "-t", "overlay", "overlay", "-o", options, merged.toString());
    try {
      return Dumps.of(merged, scenario.ignored());
    } finally {
      must("umount", merged.toString());
    }
  }

  private static List<String> compare(
      String kind, Map<String, String> expected, Map<String, String> actual) {
    List<String> differences = new ArrayList<>();
    for (String path : expected.keySet()) {
      if (!expected.get(path).equals(actual.get(path))) {
        differences.add(
            kind + " " + path + ": " + expected.get(path) + " became " + actual.get(path));
      }
    }
    for (String path : actual.keySet()) {
      if (!expected.containsKey(path)) {
        differences.add(kind + " " + path + " is too much");
      }
    }
    return differences;
  }

  /** No /proc, /sys, /dev and /etc: what a command needs there must leave no trace. */
  private List<LayerItem> busybox() throws Exception {
    Path program =
        Files.exists(Path.of("/bin/busybox"))
            ? Path.of("/bin/busybox")
            : Path.of("/usr/bin/busybox");
    List<LayerItem> items = new ArrayList<>();
    items.add(LayerItem.of(LayerEntry.directory("bin", 0755, 0, 0, 1_000_000_000)));
    items.add(
        new LayerItem(
            LayerEntry.file("bin/busybox", 0755, 0, 0, Files.size(program), 1_000_000_000),
            Content.of(program.toRealPath())));
    for (String applet : APPLETS.split(" ", -1)) {
      items.add(
          LayerItem.of(
              LayerEntry.symlink(Names.join("bin", applet), "busybox", 0, 0, 1_000_000_000)));
    }
    items.add(
        new LayerItem(
            LayerEntry.file("bin/xattr", 0755, 0, 0, Files.size(xattr), 1_000_000_000),
            Content.of(xattr)));
    return items;
  }

  private static String must(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }
}
