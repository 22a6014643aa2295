package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Turns what comes back from a registry, or does not, into one sentence and a kind. */
final class Failures {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_DETAIL = 200;
  private static final Pattern IMMUTABLE =
      Pattern.compile(
          "enabled tag immutability|because the repository is immutable|configured as immutable|TAG_IMMUTABLE|ImageTagAlreadyExists");

  private Failures() {}

  /** Whether the token is a good one, which was granted less than is asked for (RFC 6750). */
  private static boolean lacksScope(Reply reply) {
    return reply
        .header("WWW-Authenticate")
        .filter(challenge -> challenge.contains("error=\"insufficient_scope\""))
        .isPresent();
  }

  /**
   * An answer that is not the one hoped for.
   *
   * @param problem why there are no credentials
   */
  static RegistryException status(
      Call call, Reply reply, boolean withCredentials, Optional<String> problem) {
    String host = call.endpoint().registry();
    int status = reply.status();
    String answer = status + detail(reply).map(text -> " (" + text + ")").orElse("");
    Kind kind =
        switch (status) {
          case 400, 409, 412 -> isImmutable(call, reply) ? Kind.IMMUTABLE_TAG : Kind.REJECTED;
          case 401 -> lacksScope(reply) ? Kind.FORBIDDEN : Kind.UNAUTHORIZED;
          case 403 -> Kind.FORBIDDEN;
          case 404 -> Kind.NOT_FOUND;
          default -> status / 100 == 4 ? Kind.REJECTED : Kind.OTHER;
        };
    String advice =
        switch (kind) {
          case UNAUTHORIZED ->
              withCredentials
                  ? "check the credentials for %s in config.json".formatted(host)
                  : missing(host, problem);
          case FORBIDDEN ->
              withCredentials
                  ? "ask for the permission, or use other credentials for %s".formatted(host)
                  : missing(host, problem);
          case NOT_FOUND -> "check the name and the tag";
          case IMMUTABLE_TAG ->
              "push another tag, or give --push-ignore-immutable-tag-errors to keep the image that is there";
          case REJECTED ->
              status == 413
                  ? "the registry, or a proxy before it, limits the size of uploads: raise that limit"
                  : "the log of the registry may say more";
          default -> "try again later";
        };
    RegistryException failure =
        new RegistryException(
            kind,
            "tried to %s, but the registry answered %s; %s"
                .formatted(call.action(), answer, advice));
    boolean passing = status == 408 || status == 429 || (status / 100 == 5 && status != 501);
    return passing ? failure.passing(retryAfter(reply)) : failure;
  }

  private static String missing(String host, Optional<String> problem) {
    return "add credentials for %s to config.json".formatted(host)
        + problem.map(reason -> " (those of its cloud: " + clean(reason) + ")").orElse("");
  }

  /** What Artifact Registry, ECR and Harbor say of a tag that cannot be moved. */
  private static boolean isImmutable(Call call, Reply reply) {
    return call.method().equals("PUT")
        && call.uri().getPath().contains("/manifests/")
        && IMMUTABLE.matcher(reply.text()).find();
  }

  /** A proxy that wants to know who asks. */
  static RegistryException proxyLogin(Call call, Optional<String> proxy) {
    return failure(
        call,
        Kind.UNREACHABLE,
        "the proxy %s wants a user name and a password, or other ones; write http://user:password@host:port as its variable"
            .formatted(proxy.orElse("on the way")),
        null);
  }

  /**
   * A connection that did not come about, or broke.
   *
   * @param proxy the one on the way
   */
  static RegistryException network(Call call, Optional<String> proxy, Throwable cause) {
    if (proxy.isPresent() && message(cause, "Tunnel failed")) {
      return failure(
          call,
          Kind.UNREACHABLE,
          "the proxy %s does not let us through to %s (%s); check NO_PROXY, or ask for the permission"
              .formatted(
                  proxy.get(),
                  call.uri().getAuthority(),
                  clean(root(cause)).replaceFirst(".*got: ", "it answered ")),
          cause);
    }
    String host = proxy.map(name -> "the proxy " + name).orElse(call.uri().getAuthority());
    if (find(cause, UnresolvedAddressException.class) || find(cause, UnknownHostException.class)) {
      return failure(
          call,
          Kind.UNREACHABLE,
          "%s is unknown; check the name".formatted(proxy.isPresent() ? host : "the host " + host),
          cause);
    }
    if (find(cause, HttpTimeoutException.class)) {
      return failure(
              call,
              Kind.UNREACHABLE,
              "%s does not respond; check the address, the proxy and the firewall".formatted(host),
              cause)
          .passing(Optional.empty());
    }
    if (find(cause, ConnectException.class)) {
      return failure(
              call,
              Kind.UNREACHABLE,
              "nothing accepts connections at %s; check host and port".formatted(host),
              cause)
          .passing(Optional.empty());
    }
    if (find(cause, SSLException.class) || brokeInHandshake(cause)) {
      return tls(call, call.uri().getAuthority(), cause);
    }
    // TLS 1.3 refuses a client after the client's own handshake is done; the alert may come too
    // late.
    boolean refused = call.uri().getScheme().equals("https") && message(cause, "received no bytes");
    return failure(
            call,
            Kind.OTHER,
            "the connection to %s broke (%s); try again later%s"
                .formatted(
                    host,
                    clean(String.valueOf(cause.getMessage())),
                    refused
                        ? ", or give a certificate with --registry-client-cert %s=CERT,KEY if it wants one"
                            .formatted(call.uri().getAuthority())
                        : ""),
            cause)
        .passing(Optional.empty());
  }

  /** Too long a silence. */
  static RegistryException silence(Call call, Duration patience) {
    return failure(
            call,
            Kind.TIMEOUT,
            "%s did not respond for %d seconds; check that it is a registry%s"
                .formatted(
                    call.uri().getAuthority(),
                    Math.max(1, patience.toSeconds()),
                    call.uri().getScheme().equals("https") ? " that speaks TLS" : ""),
            null)
        .passing(Optional.empty());
  }

  private static RegistryException tls(Call call, String host, Throwable cause) {
    if (message(cause, "certificate_required", "bad_certificate")) {
      return failure(
          call,
          Kind.TLS,
          "the registry at %s wants a certificate, or another one (%s); give it with --registry-client-cert %s=CERT,KEY"
              .formatted(host, clean(root(cause)), host),
          cause);
    }
    if (find(cause, CertificateException.class) || message(cause, "certificate", "PKIX")) {
      return failure(
          call,
          Kind.TLS,
          "the certificate of %s is not trusted (%s); give its authority with --registry-certificate %s=FILE, or name the registry with --skip-tls-verify-registry %s"
              .formatted(host, clean(root(cause)), host, host),
          cause);
    }
    // "Unrecognized" is what the JDK says of a plain-text answer; older servers just hang up.
    if (message(cause, "nrecognized SSL message", "plaintext connection")
        || brokeInHandshake(cause)) {
      return failure(
          call,
          Kind.TLS,
          "the registry at %s does not speak TLS; name it with --insecure-registry %s"
              .formatted(host, host),
          cause);
    }
    return failure(
        call,
        Kind.TLS,
        "TLS with %s failed (%s); check its certificate and protocol versions"
            .formatted(host, clean(root(cause))),
        cause);
  }

  private static boolean brokeInHandshake(Throwable cause) {
    return find(cause, EOFException.class)
        && message(cause, "EOF reached while reading")
        && find(cause, SSLException.class);
  }

  private static RegistryException failure(Call call, Kind kind, String problem, Throwable cause) {
    return new RegistryException(
        kind, "tried to %s, but %s".formatted(call.action(), problem), cause);
  }

  /** The first error of the standard's error document, made fit for one line. */
  private static Optional<String> detail(Reply reply) {
    try {
      JsonNode error = JSON.readTree(reply.body()).path("errors").path(0);
      return Stream.of("message", "code")
          .map(error::path)
          .filter(node -> node.isTextual() && !node.textValue().isBlank())
          .map(node -> clean(node.textValue()))
          .findFirst();
    } catch (IOException e) {
      return Optional
          .empty(); // proxies answer with pages for people, which say less than the status
    }
  }

  private static Optional<Duration> retryAfter(Reply reply) {
    return reply.header("Retry-After").flatMap(Failures::parseRetryAfter);
  }

  private static Optional<Duration> parseRetryAfter(String value) {
    if (value.matches("\\d{1,6}")) {
      return Optional.of(Duration.ofSeconds(Integer.parseInt(value)));
    }
    try {
      ZonedDateTime when = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration left = Duration.between(ZonedDateTime.now(when.getZone()), when);
      return left.isNegative() ? Optional.empty() : Optional.of(left);
    } catch (DateTimeParseException e) {
      return Optional.empty(); // the ordinary pause will do
    }
  }

  /** Text from elsewhere: one line, no control characters, not too long. */
  private static String clean(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > MAX_DETAIL ? line.substring(0, MAX_DETAIL) + "..." : line;
  }

  static boolean find(Throwable cause, Class<? extends Throwable> type) {
    return chain(cause).anyMatch(type::isInstance);
  }

  private static boolean message(Throwable cause, String... parts) {
    return chain(cause)
        .map(t -> String.valueOf(t.getMessage()))
        .anyMatch(text -> Stream.of(parts).anyMatch(text::contains));
  }

  private static String root(Throwable cause) {
    Throwable last = chain(cause).reduce(cause, (a, b) -> b);
    return String.valueOf(last.getMessage());
  }

  private static Stream<Throwable> chain(Throwable cause) {
    return Stream.iterate(cause, t -> t != null, Throwable::getCause).limit(20);
  }
}
