package io.jenkins.plugins.kaniko.executor.build;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Further caches that machines share, each a repository or {@code oci:PATH}.
 *
 * @param from those that are read
 * @param to those that are written
 * @param onlyImage whether they get the layers of the image alone, not those of other stages
 * @param inline whether the image gets the records of its own layers
 */
public record CachePlaces(List<String> from, List<String> to, boolean onlyImage, boolean inline) {
  /** The build argument that asks for {@link #inline}, in BuildKit's words. */
  public static final String INLINE_ARGUMENT = "BUILDKIT_INLINE_CACHE";

  private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "True", "TRUE");

  /** There are no further ones. */
  public static final CachePlaces NONE = new CachePlaces(List.of(), List.of(), false, false);

  /** Copies what it gets. */
  public CachePlaces {
    from = List.copyOf(from);
    to = List.copyOf(to);
  }

  /** Whether there is a place other than the image itself. */
  public boolean namesAny() {
    return !from.isEmpty() || !to.isEmpty();
  }

  /** The same, with the records in the image. */
  public CachePlaces withInline() {
    return new CachePlaces(from, to, onlyImage, true);
  }

  /** Whether build arguments ask for {@link #inline}. */
  public static boolean askForInline(Map<String, String> buildArgs) {
    return TRUE.contains(buildArgs.getOrDefault(INLINE_ARGUMENT, ""));
  }
}
