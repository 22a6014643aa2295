package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A parsed Dockerfile; it has at least one stage.
 *
 * @param name the display name of the file
 * @param directives its parser directives
 * @param globalArgs the ARGs before the first FROM, in order
 * @param stages the stages, in order
 * @param warnings what the parser found questionable, in line order
 */
public record Dockerfile(
    String name,
    Directives directives,
    List<ArgInstruction> globalArgs,
    List<Stage> stages,
    List<Warning> warnings) {

  public Dockerfile {
    globalArgs = List.copyOf(globalArgs);
    stages = List.copyOf(stages);
    warnings = List.copyOf(warnings);
  }

  /** The stage that {@code --target} names, by name (without case; the last one wins) or index. */
  public Optional<Stage> findStage(String nameOrIndex) {
    return findStage(nameOrIndex, stages.size());
  }

  /**
   * The stage that {@code COPY --from} or {@code RUN --mount=from} names.
   *
   * @param nameOrIndex a name, compared without case, or an index
   * @param before only stages with a smaller index are candidates; of equal names the nearest wins
   */
  public Optional<Stage> findStage(String nameOrIndex, int before) {
    Optional<Stage> byName = findStageByName(nameOrIndex, before);
    if (byName.isPresent() || !nameOrIndex.matches("[0-9]{1,9}")) {
      return byName;
    }
    int index = Integer.parseInt(nameOrIndex);
    return index < before ? Optional.of(stages.get(index)) : Optional.empty();
  }

  /** The stage that FROM names: as {@link #findStage(String, int)}, but an index is no name. */
  public Optional<Stage> findStageByName(String stageName, int before) {
    String wanted = stageName.toLowerCase(Locale.ROOT);
    for (int i = Math.min(before, stages.size()) - 1; i >= 0; i--) {
      if (stages.get(i).name().filter(wanted::equals).isPresent()) {
        return Optional.of(stages.get(i));
      }
    }
    return Optional.empty();
  }
}
