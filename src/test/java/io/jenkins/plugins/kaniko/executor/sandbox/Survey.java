package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.List;

/** Tells which isolations can be had where it runs: a line each, of its name and an answer. */
final class Survey {
  static final List<Isolation> ASKED =
      List.of(
          Isolation.AUTO,
          Isolation.ROOT,
          Isolation.SUBID,
          Isolation.FULL,
          Isolation.ONE,
          Isolation.SHARED_PROC,
          Isolation.CHROOT);

  private Survey() {}

  public static void main(String[] args) throws Exception {
    for (Isolation isolation : ASKED) {
      String answer;
      try {
        Decision decision = NamespaceLauncher.decide(isolation);
        answer = isolation == Isolation.AUTO ? decision.report() : decision.rung().title();
      } catch (SandboxException e) {
        answer = "refused: " + e.getMessage();
      }
      System.out.println(isolation.spelling() + "\t" + answer.replace('\n', ' '));
    }
  }
}
