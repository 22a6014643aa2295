package io.jenkins.plugins.kaniko.executor.registry;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The answer to a {@link Call}: status, headers, and the body unless a sink took it. */
final class Reply {
  private final int status;
  private final HttpHeaders headers;
  private final byte[] body;
  private final URI uri;

  Reply(int status, HttpHeaders headers, byte[] body, URI uri) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.uri = uri;
  }

  int status() {
    return status;
  }

  boolean succeeded() {
    return status / 100 == 2;
  }

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  List<String> headers(String name) {
    return headers.allValues(name);
  }

  byte[] body() {
    return body.clone();
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The address that gave this answer, after redirects. */
  URI uri() {
    return uri;
  }
}
