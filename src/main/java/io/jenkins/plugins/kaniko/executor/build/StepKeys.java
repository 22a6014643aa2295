package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.dockerfile.AddInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.CopyInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Mount;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What goes into the key of a step: everything that its layer depends on, and nothing else. {@code
 * docs/cache.md} has the list for users.
 */
final class StepKeys {
  private final BuildSession session;

  StepKeys(BuildSession session) {
    this.session = session;
  }

  /**
   * RUN.
   *
   * @param state before it
   * @param mounted for each mount that shows files of the build, what they are
   */
  CacheKey run(RunInstruction run, StageState state, List<CacheKey> mounted)
      throws BuildException, InterruptedException {
    RunCommand command = RunCommand.of(run, state);
    CacheKey.Builder key =
        CacheKey.of("run")
            .key("below", state.chain())
            .texts("command", command.argv())
            .text("text", run.command().withHeredocs())
            .texts("environment", state.environment())
            .text("directory", state.workingDirectory())
            .text("user", state.config().user().orElse(""))
            .text("network", run.network().name())
            .text("security", run.security().name())
            .texts("hosts", session.request().runOptions().hosts())
            .texts("ignored", session.request().ignorePaths())
            .number("mounts", run.mounts().size());
    reserved(key);
    layer(key);
    run.mounts().forEach(mount -> mount(key, mount));
    key.number("mounted", mounted.size());
    mounted.forEach(files -> key.key("files", files));
    return key.build();
  }

  /** What is written there is missing from the layer, so that elsewhere it is another. */
  private void reserved(CacheKey.Builder key) throws BuildException, InterruptedException {
    if (session.inPlace().isEmpty()) {
      return;
    }
    try {
      List<String> paths = session.inPlace().get().reservedPaths();
      if (!paths.isEmpty()) {
        key.texts("reserved", paths);
      }
    } catch (IOException e) {
      throw Failures.io("read what is mounted", e);
    }
  }

  /** Its options; the values of secrets and the content of caches make no difference. */
  private static void mount(CacheKey.Builder key, Mount mount) {
    key.text("type", mount.type().name())
        .text("from", mount.from())
        .text("source", mount.source())
        .text("target", mount.target())
        .text("id", mount.id())
        .text("env", mount.env())
        .flag("read-only", mount.readOnly())
        .flag("required", mount.required())
        .text("sharing", mount.sharing().name())
        .number("size", mount.size().orElse(-1))
        .number("mode", mount.mode().orElse(-1))
        .number("uid", mount.uid().orElse(-1))
        .number("gid", mount.gid().orElse(-1));
  }

  /** WORKDIR, after it has been applied to the config. */
  CacheKey workdir(StageState state) throws BuildException, InterruptedException {
    return layer(CacheKey.of("workdir"))
        .key("below", state.chain())
        .text("directory", state.workingDirectory())
        .text("user", state.config().user().orElse(""))
        .build();
  }

  /**
   * COPY and ADD by where they read from.
   *
   * @param origin of the stage or image that {@code --from} names
   */
  CacheKey definition(TransferInstruction transfer, StageState state, Lineage origin)
      throws BuildException, InterruptedException {
    return transfer(layer(CacheKey.of("definition")), transfer, state)
        .key("origin", origin.key())
        .build();
  }

  /** COPY and ADD by what they read. */
  CacheKey content(
      TransferInstruction transfer,
      StageState state,
      CheckedSource source,
      List<CopyStep.Found> found,
      boolean fromContext)
      throws BuildException, InterruptedException {
    CacheKey.Builder key = transfer(layer(CacheKey.of("copy")), transfer, state);
    key.flag("context", fromContext).number("found", found.size());
    try {
      Checksum checksum =
          new Checksum(
              key,
              source,
              transfer.chown().isEmpty() && !fromContext,
              transfer.chmod().map(ModeChange::parse));
      for (CopyStep.Found each : found) {
        key.flag("local", each.local());
        checksum.source(each.source(), each.item());
      }
      checksum.finish();
      return key.build();
    } catch (UnusableException e) {
      throw Failures.at(transfer, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("read what is copied by " + transfer.original(), e);
    }
  }

  private CacheKey.Builder layer(CacheKey.Builder key) {
    return session.request().layerOptions().describe(key);
  }

  /**
   * Files that a mount shows.
   *
   * @param owners whether they are shown with those that they have
   */
  CacheKey mounted(CopySource files, String path, boolean owners)
      throws UnusableException, IOException {
    CheckedSource source = new CheckedSource(files);
    CacheKey.Builder key = CacheKey.of("mounted");
    Checksum checksum = new Checksum(key, source, owners, Optional.empty());
    checksum.add(source, source.exactly(path));
    checksum.finish();
    return key.build();
  }

  private static CacheKey.Builder transfer(
      CacheKey.Builder key, TransferInstruction transfer, StageState state)
      throws BuildException, InterruptedException {
    // A linked layer is made as if there were nothing below it.
    if (!transfer.link()) {
      key.key("below", state.chain());
    }
    key.text("instruction", transfer.keyword())
        .texts("sources", transfer.sources())
        .text("destination", transfer.destination())
        .text("target", CopyStep.absolute(state.workingDirectory(), transfer.destination()))
        .number("heredocs", transfer.heredocs().size())
        .text("chown", transfer.chown())
        .text("chmod", transfer.chmod())
        .flag("link", transfer.link())
        .texts("exclude", transfer.exclude())
        .flag("parents", transfer instanceof CopyInstruction copy && copy.parents());
    if (transfer instanceof AddInstruction add) {
      key.text("unpack", add.unpack().map(String::valueOf));
    }
    return key;
  }

  /**
   * Files by name, type, mode, owner, link target and content, as they will be in the image; never
   * by time.
   */
  private static final class Checksum {
    private final CacheKey.Builder key;
    private final CheckedSource contents;
    private final boolean owners;
    private final Optional<ModeChange> mode;
    private final List<Item> files = new ArrayList<>();
    private final Map<Object, Integer> links = new HashMap<>();

    Checksum(
        CacheKey.Builder key, CheckedSource contents, boolean owners, Optional<ModeChange> mode) {
      this.key = key;
      this.contents = contents;
      this.owners = owners;
      this.mode = mode;
    }

    /** What is copied of a directory is what is in it. */
    void source(CopySource source, Item item) throws UnusableException, IOException {
      if (item.entry().isDirectory()) {
        key.text("type", item.entry().type().name());
        children(source, item);
      } else {
        add(source, item);
      }
    }

    void add(CopySource source, Item item) throws UnusableException, IOException {
      LayerEntry entry = item.entry();
      int bits =
          mode.isPresent() && !entry.isSymlink()
              ? mode.get().apply(entry.mode(), entry.isDirectory())
              : entry.mode();
      key.text("name", item.name())
          .text("type", entry.type().name())
          .number("mode", bits)
          .text("link", entry.linkTarget())
          .number("major", entry.major())
          .number("minor", entry.minor());
      if (owners) {
        key.number("uid", entry.uid()).number("gid", entry.gid());
      }
      key.number("attributes", entry.xattrs().size());
      new TreeMap<>(entry.xattrs()).forEach(key::bytes);
      if (entry.isFile()) {
        files.add(item);
        Optional<Integer> first = item.linkKey().map(link -> links.putIfAbsent(link, files.size()));
        key.number("same-as", first.orElse(0));
      }
      if (entry.isDirectory()) {
        children(source, item);
      }
    }

    private void children(CopySource source, Item directory) throws UnusableException, IOException {
      List<Item> children = source.children(directory);
      key.number("children", children.size());
      for (Item child : children) {
        add(source, child);
      }
    }

    /** Contents come last, so that they can be fetched together. */
    void finish() throws IOException {
      contents.prefetch(files);
      for (Item file : files) {
        contents.hash(file, key);
      }
    }
  }
}
