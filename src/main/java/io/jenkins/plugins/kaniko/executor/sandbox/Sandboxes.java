package io.jenkins.plugins.kaniko.executor.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The side inside: what {@link NamespaceLauncher#launch} has started asks here where it stands. */
public final class Sandboxes {
  private Sandboxes() {}

  /** The decision that this process was launched with, or empty when it was not launched. */
  public static Optional<Decision> current() throws SandboxException {
    String text = System.getenv(NamespaceLauncher.DECISION);
    if (text == null) {
      return Optional.empty();
    }
    Decision decision = Decision.parse(text);
    // Whoever sets the variable by hand must not make the executor mount things in the namespace of
    // the host.
    if (decision.rung().hasNamespaces()
        && NamespaceLauncher.mountNamespace().equals(System.getenv(NamespaceLauncher.OUTSIDE))) {
      return Optional.empty();
    }
    return Optional.of(decision);
  }

  /**
   * The sandbox of the rung that this process stands on.
   *
   * @param workDir a private directory; something is mounted on a new directory in it when the
   *     first command runs
   */
  public static Sandbox open(Path workDir) throws SandboxException {
    return open(workDir, current().orElse(new Decision(Rung.NONE, List.of())));
  }

  private static Sandbox open(Path workDir, Decision decision) {
    return switch (decision.rung()) {
      case NONE -> new NoSandbox(decision);
      case CHROOT -> new ChrootSandbox(workDir);
      case IN_PLACE -> new InPlaceSandbox();
      default -> new NamespaceSandbox(decision.rung(), workDir);
    };
  }

  /** The sandbox of a decision for {@link Rung#NONE}, for which nothing needs to be launched. */
  public static Sandbox none(Decision decision) {
    return new NoSandbox(decision);
  }
}
