package io.jenkins.plugins.kaniko;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a build shares with others, by the job and the change that it is of: flags that no parameter
 * stands for. What the build gives in its own words comes later and wins.
 */
final class Sharing {
  /**
   * Set for a change request from a fork, by the plugins that make jobs of branches. Asking for it
   * needs none of them.
   */
  static final String FORK = "CHANGE_FORK";

  private Sharing() {}

  /**
   * The flags.
   *
   * @param job full name
   * @param run the environment of the run, which no step has changed
   * @param kaniko whether they are for kaniko's executor
   */
  static List<String> flags(String job, Map<String, String> run, boolean kaniko) {
    List<String> flags = new ArrayList<>();
    if (!kaniko && ExecutorFlags.has("--cache-mount-namespace", false)) {
      flags.add("--cache-mount-namespace=" + job);
    }
    // Whoever can write to a cache can put any layer under any key: not a stranger's source.
    if (isFork(run)) {
      flags.add(kaniko ? "--no-push-cache" : "--cache-readonly");
    }
    return flags;
  }

  static boolean isFork(Map<String, String> run) {
    return Values.trimmed(run.get(FORK)) != null;
  }
}
