package io.jenkins.plugins.kaniko.executor.build;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What {@code --allow} grants to instructions that ask for it, under BuildKit's names. */
public enum Entitlement {
  /** {@code RUN --security=insecure}: every capability that the builder itself has. */
  SECURITY_INSECURE("security.insecure"),
  /** {@code RUN --network=host}: accepted, as every step has the machine's network anyway. */
  NETWORK_HOST("network.host");

  private final String written;

  Entitlement(String written) {
    this.written = written;
  }

  /** The entitlement of a name. */
  public static Optional<Entitlement> named(String name) {
    return Arrays.stream(values()).filter(one -> one.written.equals(name)).findFirst();
  }

  /** Every name. */
  public static List<String> names() {
    return Arrays.stream(values()).map(one -> one.written).toList();
  }
}
