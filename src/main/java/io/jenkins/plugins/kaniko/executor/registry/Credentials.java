package io.jenkins.plugins.kaniko.executor.registry;

/**
 * What {@code config.json} or a credential helper has for a registry. None of these shows itself in
 * {@code toString}.
 */
sealed interface Credentials {
  /**
   * A pair as Docker's tools hand it on, in which one name marks the password as an identity token.
   */
  static Credentials of(String user, String password) {
    return user.equals("<token>") ? new IdentityToken(password) : new Password(user, password);
  }

  /** A name and a password, for Basic authentication and for token servers. */
  record Password(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "credentials of " + user;
    }
  }

  /** An OAuth 2 refresh token, which a token server takes in exchange for an access token. */
  record IdentityToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "an identity token";
    }
  }

  /** A bearer token that goes to the registry as it is. */
  record RegistryToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "a registry token";
    }
  }
}
