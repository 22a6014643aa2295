package io.jenkins.plugins.kaniko.executor.sandbox;

/**
 * Why a rung cannot be had.
 *
 * @param rung the rung
 * @param reason what stands in the way, such as {@code not root}
 * @param remedy the one setting that would lift it, as an imperative, such as {@code run as root}
 */
public record Refusal(Rung rung, String reason, String remedy) {
  @Override
  public String toString() {
    return rung.title() + " refused: " + reason;
  }
}
