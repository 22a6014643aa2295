package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.time.Clock;

/** What {@code --push-ignore-immutable-tag-errors} means. */
final class ImmutableTags {
  private ImmutableTags() {}

  static boolean isAccepted(RegistryException failure, BuildRequest request) {
    return failure.kind() == RegistryException.Kind.IMMUTABLE_TAG
        && request.registrySettings().push().ignoreImmutableTags();
  }

  static BuildEvent warning(Clock clock, ImageReference destination) {
    return new BuildEvent.Message(
        clock.instant(),
        BuildEvent.Level.WARN,
        "%s is an immutable tag that exists already: it keeps the image that it has"
            .formatted(destination.familiarName()));
  }
}
