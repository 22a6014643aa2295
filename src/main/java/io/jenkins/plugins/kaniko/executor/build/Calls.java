package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.FromInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Outline;
import io.jenkins.plugins.kaniko.executor.dockerfile.Stage;
import io.jenkins.plugins.kaniko.executor.dockerfile.Variables;
import io.jenkins.plugins.kaniko.executor.dockerfile.Warning;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.Registries;
import io.jenkins.plugins.kaniko.executor.registry.Registry;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers what {@code --call} asks. Nothing is built, run or written. */
public final class Calls {
  private final BuildRequest request;
  private final Call call;
  private final List<String> notes = new ArrayList<>();

  private Calls(BuildRequest request, Call call) {
    this.request = request;
    this.call = call;
  }

  /**
   * Answers a question about the Dockerfile of a request.
   *
   * @throws BuildException when there is no answer; what is wrong with the Dockerfile is one only
   *     where that was not the question
   */
  public static Call.Answer answer(BuildRequest request, Call call)
      throws BuildException, InterruptedException {
    return new Calls(request, call).answer();
  }

  private Call.Answer answer() throws BuildException, InterruptedException {
    if (MainContext.isRemote(request)) {
      throw new BuildException(
          BuildException.Category.USAGE,
          "tried to tell about the Dockerfile, but it or the context has to be fetched first; give"
              + " a path with --dockerfile and a directory with --context");
    }
    try {
      Path path = BuildContext.findDockerfile(request.contextRoot(), request.dockerfile());
      String text = Dockerfiles.text(request, path);
      CallFormat format = CallFormat.of(call.json(), request.dockerfile(), text);
      return switch (call.method()) {
        case CHECK -> check(path, text, format);
        case OUTLINE -> outline(text, format);
        case PLAN -> plan(text);
        case TARGETS -> new Call.Answer(format.targets(Outline.targets(parse(text))), notes, true);
      };
    } catch (ContextException e) {
      throw new BuildException(Category.USAGE, e.getMessage(), e);
    }
  }

  private Call.Answer outline(String text, CallFormat format) throws BuildException {
    Dockerfile dockerfile = parse(text);
    Stage target = StagePlan.target(dockerfile, request.target());
    try {
      Outline outline = Outline.of(dockerfile, target, request.buildArgs());
      return new Call.Answer(format.outline(outline), notes, true);
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }

  private Call.Answer plan(String text) throws BuildException {
    Dockerfile dockerfile = parse(text);
    StringBuilder answer = new StringBuilder();
    for (Stage stage : plan(dockerfile).stages()) {
      answer.append(answer.isEmpty() ? "" : "\n").append("stage ").append(stage.displayName());
      answer.append('\n').append(stage.from().original()).append('\n');
      stage.instructions().forEach(step -> answer.append(step.original()).append('\n'));
    }
    return new Call.Answer(answer.toString(), notes, true);
  }

  private StagePlan plan(Dockerfile dockerfile) throws BuildException {
    Platform platform = ImageBuilder.platform(request);
    Stage target = StagePlan.target(dockerfile, request.target());
    Map<String, String> globals = GlobalArgs.of(dockerfile, request.buildArgs(), platform, target);
    return StagePlan.of(
        dockerfile,
        target,
        Variables.of(globals),
        name -> NamedContexts.isGiven(request.sourceOptions(), name));
  }

  private Dockerfile parse(String text) throws BuildException {
    try {
      return Dockerfiles.parse(request, text);
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }

  private Call.Answer check(Path path, String text, CallFormat format)
      throws BuildException, ContextException, InterruptedException {
    List<Warning> warnings = new ArrayList<>();
    Optional<BuildException> error = Optional.empty();
    try {
      Dockerfile dockerfile = parse(text);
      warnings.addAll(dockerfile.warnings());
      warnings.addAll(outside(dockerfile, path));
      warnings.sort(Comparator.comparingInt(warning -> warning.range().startLine()));
    } catch (BuildException e) {
      if (e.category() != Category.DOCKERFILE_OR_COMMAND) {
        throw e;
      }
      error = Optional.of(e);
    }
    boolean clean = warnings.isEmpty() && error.isEmpty();
    return new Call.Answer(format.check(warnings, error), notes, clean);
  }

  private List<Warning> outside(Dockerfile dockerfile, Path path)
      throws BuildException, ContextException, InterruptedException {
    Platform platform = ImageBuilder.platform(request);
    StagePlan plan = plan(dockerfile);
    List<Path> hidden = List.of(request.kanikoDir(), request.storeDirectory());
    BuildContext context = BuildContext.open(request.contextRoot(), path, hidden);
    try (Registry registry = Registries.open(RegistrySetup.of(request, notes::add))) {
      return new OutsideChecks(dockerfile, plan, context, platform)
          .run(from -> config(registry, from, platform));
    } catch (RegistryException e) {
      throw Failures.registry(e);
    }
  }

  /** An image that cannot be looked at leaves two checks open; that is said, and no finding. */
  private Optional<ImageConfig> config(Registry registry, FromInstruction from, Platform platform)
      throws BuildException {
    if (NamedContexts.isGiven(request.sourceOptions(), from.image())) {
      return Optional.empty();
    }
    Platform wanted = BuildRun.platform(from).orElse(platform);
    try {
      ImageReference image = ImageReference.parse(from.image());
      return Optional.of(registry.resolve(image, wanted).config());
    } catch (IllegalArgumentException e) {
      throw Failures.at(from, "tried to find an image, but " + e.getMessage(), e);
    } catch (RegistryException e) {
      notes.add(
          "UndefinedVar and InvalidBaseImagePlatform are not checked where a stage starts from "
              + from.image()
              + ": "
              + e.getMessage());
      return Optional.empty();
    }
  }
}
