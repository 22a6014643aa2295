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
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
      byte[] bytes = Files.readAllBytes(path);
      ByteBuffer in = ByteBuffer.wrap(bytes);
      CharBuffer out = CharBuffer.allocate(bytes.length);
      if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
        throw notUtf8(request, bytes, out.flip().toString());
      }
      return out.flip().toString();
    } catch (IOException e) {
      throw Failures.io("read the Dockerfile " + request.dockerfile(), e);
    }
  }

  /** Says where it is not, after the part that is. */
  private static BuildException notUtf8(BuildRequest request, byte[] bytes, String before) {
    String[] lines = before.split("\n", -1);
    int line = lines.length;
    String shown = new String(bytes, StandardCharsets.UTF_8).split("\n", -1)[line - 1];
    return new BuildException(
        Category.DOCKERFILE_OR_COMMAND,
        "the file is not UTF-8; convert it, for example with iconv",
        new SourceLocation(
            request.dockerfile(),
            line,
            Optional.of(lines[line - 1].length() + 1),
            List.of(shown.stripTrailing())),
        null);
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
