package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.dockerfile.CheckOptions;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileParser;
import io.jenkins.plugins.kaniko.executor.dockerfile.Frontend;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads the Dockerfile of a request, with the build arguments that say how. */
final class Dockerfiles {
  private Dockerfiles() {}

  /**
   * Where the Dockerfile is, after it has been fetched if it has to be.
   *
   * @param root of the context
   * @param directory of the build
   */
  static Path find(BuildRequest request, Path root, Path directory)
      throws BuildException, ContextException, IOException, InterruptedException {
    if (!SourceOptions.isAddress(request.dockerfile())) {
      return BuildContext.findDockerfile(root, request.dockerfile());
    }
    Path parent = Files.createDirectories(directory.resolve("tmp").resolve("dockerfile"));
    Path file = parent.resolve("Dockerfile");
    try {
      RemoteFile.download(request, request.dockerfile(), file);
    } catch (UnusableException e) {
      throw new BuildException(Category.USAGE, e.getMessage(), e);
    }
    return file;
  }

  /** The text of a Dockerfile. */
  static String text(BuildRequest request, Path path) throws BuildException, InterruptedException {
    try {
      return Files.readString(path, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new BuildException(
          Category.DOCKERFILE_OR_COMMAND,
          "tried to read the Dockerfile "
              + request.dockerfile()
              + ", but it is not UTF-8; convert it",
          e);
    } catch (IOException e) {
      throw Failures.io("read the Dockerfile " + request.dockerfile(), e);
    }
  }

  /**
   * What a text says.
   *
   * @throws DockerfileException when it is not valid, or written in another language
   * @throws BuildException when a build argument is not valid
   */
  static Dockerfile parse(BuildRequest request, String text)
      throws BuildException, DockerfileException {
    Map<String, String> args = request.buildArgs();
    Dockerfile dockerfile = DockerfileParser.parse(request.dockerfile(), text, checks(args));
    Frontend.check(dockerfile, Optional.ofNullable(args.get(PredefinedArgs.SYNTAX)));
    return dockerfile;
  }

  private static Optional<CheckOptions> checks(Map<String, String> args) throws BuildException {
    String options = args.getOrDefault(PredefinedArgs.CHECK, "");
    try {
      return options.isEmpty() ? Optional.empty() : Optional.of(CheckOptions.parse(options));
    } catch (DockerfileException e) {
      throw new BuildException(
          Category.USAGE,
          "tried to read --build-arg " + PredefinedArgs.CHECK + ", but found an " + e.getMessage(),
          e);
    }
  }
}
