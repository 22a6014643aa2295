package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The places that images are pulled from, with a memory: who had an image is asked for its layers
 * first, and who did not answer is not waited for again while there is somebody else.
 */
final class Sources {
  private final RegistryOptions options;
  private final Map<String, ImageReference> known = new ConcurrentHashMap<>();
  private final Set<String> silent = ConcurrentHashMap.newKeySet();

  Sources(RegistryOptions options) {
    this.options = options;
  }

  /** Where an image came from, as far as that is known. */
  ImageReference known(ImageReference image) {
    return known.getOrDefault(image.name(), image);
  }

  /** The result of the first place that has one; with a warning for each that has not. */
  <T> T first(ImageReference image, Attempt<T> attempt) throws RegistryException, IOException {
    List<ImageReference> places = ordered(image);
    for (int i = 0; ; i++) {
      ImageReference place = places.get(i);
      try {
        T result = attempt.at(place);
        known.put(image.name(), place);
        return result;
      } catch (RegistryException e) {
        if (e.kind() == Kind.UNREACHABLE || e.kind() == Kind.TIMEOUT) {
          silent.add(place.registry());
        }
        // Who alters content is not passed over, and what it sent is already written.
        boolean altered = e.kind() == Kind.DIGEST_MISMATCH && !e.isRetryable();
        if (altered || i == places.size() - 1 || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        options.warn("%s (trying %s next)".formatted(e.getMessage(), places.get(i + 1).registry()));
      }
    }
  }

  private List<ImageReference> ordered(ImageReference image) {
    List<ImageReference> places = new ArrayList<>(options.remapping().candidates(image));
    ImageReference best = known.get(image.name());
    places.sort(
        Comparator.comparing(
            (ImageReference place) ->
                best != null && place.name().equals(best.name())
                    ? -1
                    : silent.contains(place.registry()) ? 1 : 0));
    return places;
  }

  /** One try at one place. */
  @FunctionalInterface
  interface Attempt<T> {
    T at(ImageReference place) throws RegistryException, IOException;
  }
}
