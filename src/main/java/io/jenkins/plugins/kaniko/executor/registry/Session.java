package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Calls on one repository in one direction, with authorization where it is due. Thread-safe. */
final class Session {
  private final Endpoint endpoint;
  private final Scope scope;
  private final Authenticator authenticator;
  private final HttpTransport transport;
  private final Duration patience;

  Session(
      Endpoint endpoint,
      Scope scope,
      Authenticator authenticator,
      HttpTransport transport,
      Duration patience) {
    this.endpoint = endpoint;
    this.scope = scope;
    this.authenticator = authenticator;
    this.transport = transport;
    this.patience = patience;
  }

  /** The same repository with a token that may also read another one. */
  Session mountingFrom(String repository) {
    Scope wider = new Scope(scope.repository(), scope.access(), Optional.of(repository));
    return new Session(endpoint, wider, authenticator, transport, patience);
  }

  /** A call on a route below the repository, such as {@code blobs/sha256:...}. */
  Call call(String action, String method, String route) {
    return new Call(
        action,
        endpoint,
        method,
        endpoint.uri(scope.repository() + "/" + route),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        patience);
  }

  /** A call on the address that the registry gave with a reply, such as that of an upload. */
  Call next(Call before, Reply reply, String method) throws RegistryException {
    Optional<String> location = reply.header("Location");
    if (location.isEmpty()) {
      throw new RegistryException(
          RegistryException.Kind.OTHER,
          "tried to %s, but the registry did not say where to; its log may say more"
              .formatted(before.action()));
    }
    URI target = transport.follow(before.withUri(reply.uri()), location.get());
    return call(before.action(), method, "").withUri(target);
  }

  /** Sends a call; any status but a success and those that are allowed is an exception. */
  Reply send(Call call, Integer... allowed) throws RegistryException, IOException {
    Reply reply = authorized(call);
    if (reply.succeeded() || Set.of(allowed).contains(reply.status())) {
      return reply;
    }
    throw Failures.status(
        call, reply, authenticator.hasCredentials(scope), authenticator.problem());
  }

  private Reply authorized(Call call) throws RegistryException, IOException {
    Optional<String> header = authenticator.header(call.action(), scope);
    Reply reply = transport.send(authorize(call, header));
    if (reply.status() != 401 || !endpoint.serves(reply.uri())) {
      return reply;
    }
    if (!authenticator.refused(reply, scope, header)) {
      return reply;
    }
    if (call.upload().isPresent()) {
      // What the registry made of a content that it refused is unknown: begin again, not here.
      throw Failures.status(call, reply, header.isPresent(), Optional.empty())
          .passing(Optional.empty());
    }
    return transport.send(authorize(call, authenticator.header(call.action(), scope)));
  }

  /** The credentials go to the registry itself, not to a storage server that it sent us to. */
  private Call authorize(Call call, Optional<String> header) {
    return header.isPresent() && endpoint.serves(call.uri())
        ? call.withHeader("Authorization", header.get())
        : call;
  }
}
