package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.StageBuilder.StageSources;
import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.dockerfile.Mount;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names what the mounts of a RUN show. A part of a stage or an image is named twice: by how all of
 * it was made, which is known without reading anything, and by its files. All of a stage is named
 * by how it was made alone: there would be no end to reading it.
 */
final class MountKeys {
  private final BuildSession session;
  private final StepKeys keys;
  private final Stage stage;
  private final StageSources sources;

  /** Files are read once, so that what is found and what is kept have one name. */
  private final Map<Shown, CacheKey> read = new ConcurrentHashMap<>();

  private record Shown(Optional<String> from, String path) {}

  MountKeys(BuildSession session, StepKeys keys, Stage stage, StageSources sources) {
    this.session = session;
    this.keys = keys;
    this.stage = stage;
    this.sources = sources;
  }

  /** Whether the files that a RUN is shown have another name than how they came about. */
  boolean areRead(RunInstruction run) throws BuildException, InterruptedException {
    for (Mount mount : run.mounts()) {
      if (isPart(mount)
          && sources.find(stage, run, mount.from().orElseThrow()) instanceof Origin.Image) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing that was kept earlier can have been shown the same stages. */
  boolean areFresh(RunInstruction run) throws BuildException, InterruptedException {
    for (Mount mount : run.mounts()) {
      if (mount.from().isPresent()
          && sources.find(stage, run, mount.from().get()) instanceof Origin.Image image
          && image.state().lineage().isFresh()) {
        return true;
      }
    }
    return false;
  }

  /** Reasons not to keep what a RUN makes of what it is shown. */
  List<Doubt> doubts(RunInstruction run) throws BuildException, InterruptedException {
    List<Doubt> doubts = new ArrayList<>();
    for (Mount mount : run.mounts()) {
      if (mount.from().isPresent()
          && sources.find(stage, run, mount.from().get()) instanceof Origin.Image image) {
        doubts.addAll(image.state().doubts());
      }
    }
    return doubts;
  }

  /**
   * The names.
   *
   * @param byFiles whether parts of stages are named by their files
   */
  List<CacheKey> of(RunInstruction run, boolean byFiles)
      throws BuildException, CopySource.UnusableException, IOException, InterruptedException {
    List<CacheKey> names = new ArrayList<>();
    for (Mount mount : run.mounts()) {
      if (mount.from().isEmpty() && mount.type() == Mount.Type.BIND) {
        names.add(files(mount, ContextSource.of(session, session.context()), false));
      } else if (mount.from().isPresent()) {
        Origin origin = sources.find(stage, run, mount.from().get());
        boolean isStage = origin instanceof Origin.Image;
        names.add(
            isStage && !(byFiles && isPart(mount))
                ? ((Origin.Image) origin).state().lineage().key()
                : files(mount, origin.source(session), isStage));
      }
    }
    return names;
  }

  private CacheKey files(Mount mount, CopySource source, boolean owners)
      throws CopySource.UnusableException, IOException {
    Shown shown = new Shown(mount.from(), mount.source().orElse("/"));
    CacheKey known = read.get(shown);
    if (known == null) {
      known = keys.mounted(source, shown.path(), owners);
      read.put(shown, known);
    }
    return known;
  }

  private static boolean isPart(Mount mount) {
    String source = Path.of("/", mount.source().orElse("/")).normalize().toString();
    return mount.from().isPresent() && mount.type() == Mount.Type.BIND && !source.equals("/");
  }
}
