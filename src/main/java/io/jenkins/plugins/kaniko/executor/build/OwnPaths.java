package io.jenkins.plugins.kaniko.executor.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The paths that a request names and that are not the image's, where that is built in place. */
final class OwnPaths {
  private OwnPaths() {}

  /**
   * Finds them, without symbolic links.
   *
   * @param context the directory that is the main context
   */
  static Set<Path> of(BuildRequest request, Path context) throws IOException {
    List<Path> named = new ArrayList<>();
    named.add(request.storeDirectory());
    named.add(request.kanikoDir());
    named.add(context);
    // The root itself would leave no place for an image; what was in it stays in any case.
    if (request.sourceOptions().remoteContext().isEmpty()
        && request.contextDirectory().normalize().getNameCount() > 0) {
      named.add(request.contextDirectory());
    }
    request.sourceOptions().contexts().values().stream()
        .filter(value -> value.startsWith("/") && value.length() > 1)
        .forEach(value -> named.add(Path.of(value)));
    SharedCaches.layouts(request.cacheOptions()).forEach(named::add);
    request.resultFiles().tar().ifPresent(named::add);
    request.resultFiles().layout().ifPresent(named::add);
    Set<Path> real = new TreeSet<>();
    for (Path path : named) {
      real.add(real(path.toAbsolutePath().normalize()));
    }
    return real;
  }

  /** Also of what is still to be made. */
  private static Path real(Path path) throws IOException {
    return path.getParent() == null || Files.exists(path)
        ? path.toRealPath()
        : real(path.getParent()).resolve(path.getFileName());
  }
}
