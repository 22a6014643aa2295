package io.jenkins.plugins.kaniko.executor.registry;

/** The one way in which a host is talked to. */
enum HostPolicy {
  HTTPS("https"),
  /** TLS without a check of the certificate. */
  HTTPS_UNVERIFIED("https"),
  HTTP("http");

  private final String scheme;

  HostPolicy(String scheme) {
    this.scheme = scheme;
  }

  String scheme() {
    return scheme;
  }
}
