package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * How to ask for one object of a cloud's storage.
 *
 * @param headers may hold a secret
 * @param known whether the cloud is shown who asks
 * @param problem why it is not, if it might have been
 */
record StorageRequest(
    URI uri, Map<String, String> headers, boolean known, Optional<String> problem) {

  /** Finds out who we are. */
  @FunctionalInterface
  interface Identity<T> {
    /** Empty for nobody. */
    Optional<T> find() throws IOException;
  }

  /** Turns who we are into headers. */
  @FunctionalInterface
  interface Signature<T> {
    Map<String, String> headers(T identity);
  }

  /** Asks as anybody. */
  static StorageRequest open(URI uri) {
    return new StorageRequest(uri, Map.of(), false, Optional.empty());
  }

  /** Asks as somebody who has shown it. */
  static StorageRequest signed(URI uri, Map<String, String> headers) {
    return new StorageRequest(uri, Map.copyOf(headers), true, Optional.empty());
  }

  /** Asks as who we are; where that cannot be found out, as anybody. */
  static <T> StorageRequest of(URI uri, Identity<T> identity, Signature<T> signature) {
    try {
      Optional<T> found = identity.find();
      return found.isEmpty() ? open(uri) : signed(uri, signature.headers(found.get()));
    } catch (IOException e) {
      return new StorageRequest(uri, Map.of(), false, Optional.of(e.getMessage()));
    }
  }

  @Override
  public String toString() {
    return uri.getHost();
  }
}
