package io.jenkins.plugins.kaniko.executor.registry;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a token has to allow: one repository, and for a mount the reading of a second one.
 *
 * @param mountFrom the path of the second repository in the same registry
 */
record Scope(String repository, Access access, Optional<String> mountFrom) {
  List<String> parameters() {
    return Stream.concat(
            Stream.of("repository:" + repository + ":" + access.actions()),
            mountFrom.map(source -> "repository:" + source + ":pull").stream())
        .toList();
  }
}
