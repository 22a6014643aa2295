package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Suggestions;
import java.util.Collection;
import java.util.Optional;

/** What somebody may have meant, for whoever shows errors. */
public final class Spelling {
  private Spelling() {}

  /** The valid name with the fewest letters that differ; empty if none is near. */
  public static Optional<String> nearest(String word, Collection<String> names) {
    return Suggestions.nearest(word, names);
  }
}
