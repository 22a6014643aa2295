package io.jenkins.plugins.kaniko.executor.sandbox;

/** The lowest rung: it runs nothing, and says why. */
final class NoSandbox implements Sandbox {
  private final Decision decision;

  NoSandbox(Decision decision) {
    this.decision = decision;
  }

  @Override
  public Rung rung() {
    return Rung.NONE;
  }

  @Override
  public RunResult run(RunRequest request) throws SandboxException {
    throw new SandboxException(decision.whyNoCommandRuns());
  }

  @Override
  public void close() {}
}
