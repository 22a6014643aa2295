package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.util.Optional;

/** A cloud whose machines and pods know who they are, so that no password is needed. */
interface CloudProvider {
  /** Whether a registry belongs to this cloud; nothing is asked for any other. */
  boolean serves(String registry);

  /**
   * What the surroundings say of us; empty if they do not know this cloud.
   *
   * @throws IOException if they do, and it does not work; the message says who refused
   */
  Optional<Credentials> credentials(String registry) throws IOException;
}
