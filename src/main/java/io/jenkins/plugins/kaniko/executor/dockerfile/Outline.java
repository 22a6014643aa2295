package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a Dockerfile offers to those who build it: {@code --call=outline}. It is found without
 * building and without any image.
 *
 * @param target the stage that is built
 * @param args the arguments that it and the stages it needs declare, in the order of the file; a
 *     global one only when they use it, a predefined one never
 * @param secrets the secrets that its steps mount, each once
 * @param ssh the ssh agents that its steps mount, each once
 * @param caches the cache mounts of its steps, each once
 */
public record Outline(
    Target target,
    List<Argument> args,
    List<Needed> secrets,
    List<Needed> ssh,
    List<Cache> caches) {

  public Outline {
    args = List.copyOf(args);
    secrets = List.copyOf(secrets);
    ssh = List.copyOf(ssh);
    caches = List.copyOf(caches);
  }

  /**
   * A stage that can be built: {@code --call=targets}.
   *
   * @param name its name, or the index of a nameless stage
   * @param description from the comment right above its FROM: {@code # <name> <description>}
   * @param base the image or stage that it starts from, as it is written
   * @param platform its platform, as it is written
   * @param isDefault whether it is built without {@code --target}: the last stage
   * @param range its FROM
   */
  public record Target(
      String name,
      Optional<String> description,
      String base,
      Optional<String> platform,
      boolean isDefault,
      SourceRange range) {}

  /**
   * A build argument.
   *
   * @param name what {@code --build-arg} sets
   * @param value the value given, else the default with its variables expanded as far as the file
   *     knows them, else empty
   * @param description from the comment right above its ARG: {@code # <name> <description>}
   * @param range its ARG
   */
  public record Argument(
      String name, Optional<String> value, Optional<String> description, SourceRange range) {}

  /**
   * A secret or an ssh agent.
   *
   * @param id what {@code --secret id=} or {@code --ssh} provides
   * @param required whether a step fails without it
   * @param range the first RUN that mounts it
   */
  public record Needed(String id, boolean required, SourceRange range) {}

  /**
   * A cache mount.
   *
   * @param id its id, by default its target
   * @param range the first RUN that mounts it
   */
  public record Cache(String id, SourceRange range) {}

  /** All stages that can be built, in the order of the file. */
  public static List<Target> targets(Dockerfile file) {
    List<Target> targets = new ArrayList<>();
    for (Stage stage : file.stages()) {
      targets.add(target(file, stage));
    }
    return targets;
  }

  /**
   * The outline of a target.
   *
   * @param buildArgs the values given with {@code --build-arg}
   * @throws DockerfileException when a default or a FROM does not expand with them
   */
  public static Outline of(Dockerfile file, Stage target, Map<String, String> buildArgs)
      throws DockerfileException {
    return new OutlineReader(file, buildArgs).read(target);
  }

  static Target target(Dockerfile file, Stage stage) {
    FromInstruction from = stage.from();
    return new Target(
        stage.displayName(),
        stage.name().flatMap(name -> from.source().describes(name)),
        from.image(),
        from.platform(),
        stage.index() == file.stages().size() - 1,
        stage.from().range());
  }
}
