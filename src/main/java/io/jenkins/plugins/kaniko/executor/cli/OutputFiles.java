package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildException;
import io.jenkins.plugins.kaniko.executor.build.BuildRequest;
import io.jenkins.plugins.kaniko.executor.build.BuildResult;
import io.jenkins.plugins.kaniko.executor.build.OutputPlace;
import io.jenkins.plugins.kaniko.executor.build.RemoteResult;
import io.jenkins.plugins.kaniko.executor.build.ResultFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The files that tell of a result: {@code --digest-file} and its kin. Each appears whole or not at
 * all, unless it is something that cannot be replaced, such as a device or a mount point.
 */
final class OutputFiles {
  private final Map<Path, Function<BuildResult, String>> contents = new LinkedHashMap<>();

  /** Files that the build itself writes at its end, by the path that was asked for. */
  private final Map<Path, Path> images = new LinkedHashMap<>();

  /** Addresses that take what is put to them; whether they do shows only then. */
  private final Map<String, Function<BuildResult, String>> addresses = new LinkedHashMap<>();

  private final BuildRequest request;

  OutputFiles(BuildRequest request) {
    this.request = request;
    ResultFiles files = request.resultFiles();
    files.digest().ifPresent(place -> add(place, BuildResult::digest));
    files.names().ifPresent(place -> add(place, result -> names(result, OutputFiles::withoutTag)));
    files.tags().ifPresent(place -> add(place, result -> names(result, name -> name)));
    files.metadata().ifPresent(file -> contents.put(file, RecordJson::result));
    files
        .builderOutput()
        .filter(directory -> !request.noPush())
        .ifPresent(directory -> contents.put(directory.resolve("images"), OutputFiles::images));
    files.tar().ifPresent(file -> images.put(file, file));
    files.layout().ifPresent(layout -> images.put(layout, layout.resolve("index.json")));
  }

  private void add(String place, Function<BuildResult, String> content) {
    if (place.startsWith("https://")) {
      addresses.put(place, content);
    } else {
      contents.put(Path.of(place), content);
    }
  }

  /** Finds out before the build whether they can be written after it. */
  void check() throws BuildException {
    for (Path file : contents.keySet()) {
      check(file, file);
    }
    for (Map.Entry<Path, Path> image : images.entrySet()) {
      check(image.getKey(), image.getValue());
    }
  }

  private static void check(Path asked, Path file) throws BuildException {
    try {
      OutputPlace place = prepare(file);
      Path target = place.path();
      if (!place.replaceable()) {
        // Opening it would block on a pipe and end the input of its reader.
        if (Files.isDirectory(target) || !Files.isWritable(target)) {
          throw new FileSystemException(target.toString(), null, "it cannot be written to");
        }
      } else {
        Path probe = sibling(target);
        Files.createFile(probe);
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw failure(asked, e);
    }
  }

  void write(BuildResult result) throws BuildException, InterruptedException {
    for (Map.Entry<Path, Function<BuildResult, String>> content : contents.entrySet()) {
      try {
        write(prepare(content.getKey()), content.getValue().apply(result));
      } catch (IOException e) {
        throw failure(content.getKey(), e);
      }
    }
    for (Map.Entry<String, Function<BuildResult, String>> address : addresses.entrySet()) {
      RemoteResult.put(request, address.getKey(), address.getValue().apply(result));
    }
  }

  private static void write(OutputPlace place, String text) throws IOException {
    Path target = place.path();
    if (!place.replaceable()) {
      try (OutputStream out = place.open()) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
      return;
    }
    Path temporary = sibling(target);
    try {
      Files.writeString(temporary, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // A bind-mounted file (Kubernetes' /dev/termination-log) can be written but not replaced.
      if (!Files.exists(target)) {
        throw e;
      }
      Files.writeString(target, text);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static OutputPlace prepare(Path file) throws IOException {
    OutputPlace place = OutputPlace.of(file);
    Files.createDirectories(place.path().getParent());
    return place;
  }

  private static Path sibling(Path target) {
    return target.resolveSibling(
        "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
  }

  private static BuildException failure(Path file, IOException e) {
    String reason = e.getMessage();
    if (e instanceof AccessDeniedException) {
      reason = "permission is denied";
    } else if (e instanceof FileAlreadyExistsException exists) {
      reason = exists.getFile() + " is no directory";
    } else if (e instanceof FileSystemException files && files.getReason() != null) {
      reason = files.getReason();
    }
    return new BuildException(
        BuildException.Category.ENVIRONMENT,
        "tried to write %s, but %s; name a file that can be written".formatted(file, reason),
        e);
  }

  private static String names(BuildResult result, Function<String, String> form) {
    StringBuilder lines = new StringBuilder();
    result.destinations().forEach(name -> lines.append(form.apply(name)).append('\n'));
    return lines.toString();
  }

  /** As Cloud Build reads it: a JSON object for each destination. */
  private static String images(BuildResult result) {
    StringBuilder lines = new StringBuilder();
    for (String name : result.pushed() ? result.destinations() : List.<String>of()) {
      int at = name.indexOf('@');
      lines.append(RecordJson.image(name.substring(0, at), name.substring(at + 1))).append('\n');
    }
    return lines.toString();
  }

  /** {@code host:5000/app:1@sha256:...} to {@code host:5000/app@sha256:...}. */
  private static String withoutTag(String name) {
    int at = name.indexOf('@');
    String reference = name.substring(0, at);
    int colon = reference.lastIndexOf(':');
    String repository =
        colon > reference.lastIndexOf('/') ? reference.substring(0, colon) : reference;
    return repository + name.substring(at);
  }
}
