package io.jenkins.plugins.kaniko.executor.registry;

/** The way into this package. */
public final class Registries {
  private Registries() {}

  /** Says that a registry will be opened soon. */
  public static void prepare() {
    EarlyClasses.load();
  }

  /**
   * A client for every registry of one build. Nothing is contacted yet.
   *
   * @throws RegistryException if the file with the credentials cannot be used
   */
  public static Registry open(RegistryOptions options) throws RegistryException {
    return new DistributionRegistry(options, Keychain.open(options));
  }
}
