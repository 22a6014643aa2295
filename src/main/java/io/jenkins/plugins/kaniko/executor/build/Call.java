package io.jenkins.plugins.kaniko.executor.build;

/**
 * What is asked about a Dockerfile in place of building it: {@code --call} and {@code --dryrun}.
 *
 * @param json whether the answer is JSON, with the fields that docker buildx gives it, and not text
 */
public record Call(Method method, boolean json) {
  /** What would be built? */
  public static final Call PLAN = new Call(Method.PLAN, false);

  /** The questions. */
  public enum Method {
    /** Is anything wrong with it? */
    CHECK,
    /** Which arguments, secrets, agents and caches does the target take? */
    OUTLINE,
    /** Which stages can be built? */
    TARGETS,
    /** Which steps does the target need? */
    PLAN
  }

  /**
   * The answer.
   *
   * @param text to be printed, ended by a line feed
   * @param notes what could not be looked at, a sentence each
   * @param clean whether nothing is wrong
   */
  public record Answer(String text, java.util.List<String> notes, boolean clean) {}
}
