package io.jenkins.plugins.kaniko.executor.build;

import java.util.List;

/**
 * Which stages reuse nothing of earlier builds.
 *
 * @param everything whether that is all of them ({@code --no-cache})
 * @param stages the names or indexes of single ones ({@code --no-cache-filter})
 */
public record NoCache(boolean everything, List<String> stages) {
  /** Whatever can be reused is. */
  public static final NoCache NOTHING = new NoCache(false, List.of());

  /** Copies what it gets. */
  public NoCache {
    stages = List.copyOf(stages);
  }

  /**
   * Whether a stage is built anew.
   *
   * @param name its name, compared without case; empty for a nameless one
   */
  public boolean covers(String name, int index) {
    return everything
        || stages.stream()
            .anyMatch(one -> one.equalsIgnoreCase(name) || one.equals(Integer.toString(index)));
  }
}
