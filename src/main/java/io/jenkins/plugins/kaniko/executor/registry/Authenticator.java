package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Knows how one registry wants to be asked and has the tokens for it: Basic, or Bearer as in the
 * distribution project's <a
 * href="https://distribution.github.io/distribution/spec/auth/token/">token authentication</a>.
 * Thread-safe.
 */
final class Authenticator {
  private static final int DEFAULT_TOKEN_SECONDS = 60;
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final Endpoint endpoint;
  private final HttpTransport transport;
  private final RegistryOptions options;
  private final Keychain keychain;
  private final Map<Scope, Token> tokens = new HashMap<>();
  private Optional<Challenge> challenge = Optional.empty();
  private boolean contacted;

  Authenticator(
      Endpoint endpoint, HttpTransport transport, RegistryOptions options, Keychain keychain) {
    this.endpoint = endpoint;
    this.transport = transport;
    this.options = options;
    this.keychain = keychain;
  }

  /** The Authorization header for a scope; nothing where none is wanted or we have none. */
  synchronized Optional<String> header(String action, Scope scope)
      throws RegistryException, IOException {
    if (!contacted) {
      contact(action);
    }
    if (challenge.isEmpty()) {
      return Optional.empty();
    }
    Optional<Credentials> credentials = keychain.find(endpoint.registry(), scope.repository());
    if (credentials.orElse(null) instanceof Credentials.RegistryToken ready) {
      return Optional.of("Bearer " + ready.token());
    }
    if (challenge.get().scheme().equals("bearer")) {
      return Optional.of("Bearer " + token(action, scope, credentials));
    }
    return credentials.orElse(null) instanceof Credentials.Password password
        ? Optional.of(basic(password))
        : Optional.empty();
  }

  /**
   * Takes note of a 401.
   *
   * @param sent the header that was refused
   * @return whether a second try may fare better
   */
  synchronized boolean refused(Reply reply, Scope scope, Optional<String> sent) {
    Optional<Challenge> now = Challenge.of(reply.headers("WWW-Authenticate"));
    boolean fresh =
        now.isPresent() && !now.get().scheme().equals(challenge.map(Challenge::scheme).orElse(""));
    if (now.isPresent()) {
      challenge = now;
    }
    boolean expired = sent.isPresent() && tokens.remove(scope) != null;
    return fresh || expired;
  }

  boolean hasCredentials(Scope scope) throws RegistryException {
    return keychain.find(endpoint.registry(), scope.repository()).isPresent();
  }

  /** Why there are no credentials although this registry's cloud should have some. */
  Optional<String> problem() {
    return keychain.problem(endpoint.registry());
  }

  /**
   * The first request to a registry: short of patience, since a wrong address is the likeliest
   * reason of silence.
   */
  private void contact(String action) throws RegistryException, IOException {
    Call ping =
        new Call(
            action,
            endpoint,
            "GET",
            endpoint.uri(""),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            options.connectTimeout().plusSeconds(1));
    Reply reply;
    try {
      reply = transport.send(ping);
    } catch (RegistryException e) {
      throw e.kind() == Kind.OTHER ? e : e.lasting();
    }
    if (reply.status() == 401) {
      challenge = Challenge.of(reply.headers("WWW-Authenticate"));
    } else if (reply.status() == 408 || reply.status() == 429 || reply.status() / 100 == 5) {
      throw Failures.status(ping, reply, false, Optional.empty());
    }
    contacted = true;
  }

  private String token(String action, Scope scope, Optional<Credentials> credentials)
      throws RegistryException, IOException {
    Token known = tokens.get(scope);
    if (known == null || known.isStale()) {
      known = fetch(action, scope, credentials);
      tokens.put(scope, known);
    }
    return known.value();
  }

  private Token fetch(String action, Scope scope, Optional<Credentials> credentials)
      throws RegistryException, IOException {
    Call call = request(action, scope, credentials);
    Reply reply = transport.send(call);
    if (!reply.succeeded()) {
      throw Failures.status(call, reply, credentials.isPresent(), problem());
    }
    try {
      JsonNode json = new JsonMapper().readTree(reply.body());
      String token = json.path("token").asText("");
      String value = token.isEmpty() ? json.path("access_token").asText("") : token;
      if (!value.isEmpty()) {
        int seconds = json.path("expires_in").asInt(DEFAULT_TOKEN_SECONDS);
        return new Token(value, System.nanoTime() + Duration.ofSeconds(seconds).toNanos());
      }
    } catch (IOException e) {
      throw noToken(call); // no cause: it may quote the answer, which is secret
    }
    throw noToken(call);
  }

  private Call request(String action, Scope scope, Optional<Credentials> credentials)
      throws RegistryException {
    Map<String, String> parameters = challenge.orElseThrow().parameters();
    Call call =
        new Call(
            action,
            endpoint,
            "GET",
            endpoint.uri(""),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            options.idleTimeout());
    URI realm = transport.follow(call, parameters.get("realm"));
    if (realm.getScheme().equals("http")
        && credentials.isPresent()
        && options.policy(realm.getAuthority(), endpoint.access()) != HostPolicy.HTTP) {
      throw new RegistryException(
          Kind.TLS,
          "tried to %s, but the token server %s would get the credentials over plain HTTP; name it with --insecure-registry %s if you trust the network"
              .formatted(action, realm.getAuthority(), realm.getAuthority()));
    }
    List<String> form = new ArrayList<>();
    Optional.ofNullable(parameters.get("service")).ifPresent(s -> form.add(pair("service", s)));
    if (credentials.orElse(null) instanceof Credentials.IdentityToken identity) {
      form.add(pair("scope", String.join(" ", scope.parameters())));
      form.add(pair("grant_type", "refresh_token"));
      form.add(pair("client_id", options.userAgent()));
      form.add(pair("refresh_token", identity.token()));
      byte[] body = String.join("&", form).getBytes(StandardCharsets.US_ASCII);
      return call.withMethod("POST")
          .withUri(realm)
          .withHeader("Content-Type", "application/x-www-form-urlencoded")
          .withUpload(Upload.of(body));
    }
    scope.parameters().forEach(s -> form.add(pair("scope", s)));
    String separator = realm.getRawQuery() == null ? "?" : "&";
    Call get = call.withUri(URI.create(realm + separator + String.join("&", form)));
    return credentials.orElse(null) instanceof Credentials.Password password
        ? get.withHeader("Authorization", basic(password))
        : get;
  }

  private static RegistryException noToken(Call call) {
    return new RegistryException(
        Kind.UNAUTHORIZED,
        "tried to %s, but the token server %s gave no token; check the registry's configuration"
            .formatted(call.action(), call.uri().getAuthority()));
  }

  private static String pair(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static String basic(Credentials.Password password) {
    String pair = password.user() + ":" + password.password();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private record Token(String value, long expiry) {
    boolean isStale() {
      return expiry - System.nanoTime() < MARGIN.toNanos();
    }

    @Override
    public String toString() {
      return "a token";
    }
  }
}
