package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.RunOptions.Secret;
import io.jenkins.plugins.kaniko.executor.registry.Download;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a server of files is shown: the secrets {@code HTTP_AUTH_HEADER_HOST}, a whole header, and
 * {@code HTTP_AUTH_TOKEN_HOST}, as in BuildKit, else the user and password of the address. Each
 * goes to its own host, and by https alone.
 */
final class HttpLogin {
  private HttpLogin() {}

  /** The logins that these secrets give. */
  static Download.Authorization of(Map<String, Secret> secrets, Map<String, String> environment) {
    Secrets known = new Secrets(secrets, environment);
    return address -> header(known, address);
  }

  private static Optional<String> header(Secrets secrets, URI address) throws IOException {
    boolean tls = "https".equalsIgnoreCase(address.getScheme());
    if (!tls && address.getUserInfo() != null) {
      throw new IOException("its user and password would go over plain HTTP; use https");
    }
    if (!tls || address.getHost() == null) {
      return Optional.empty();
    }
    Set<String> hosts = new LinkedHashSet<>();
    hosts.add(address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort()));
    hosts.add(address.getHost());
    for (String host : hosts) {
      Optional<String> header = text(secrets, "HTTP_AUTH_HEADER_" + host);
      if (header.isPresent()) {
        return header;
      }
      Optional<String> token = text(secrets, "HTTP_AUTH_TOKEN_" + host);
      if (token.isPresent()) {
        return Optional.of("Bearer " + token.get());
      }
    }
    return Optional.ofNullable(address.getUserInfo())
        .map(both -> both.getBytes(StandardCharsets.UTF_8))
        .map(bytes -> "Basic " + Base64.getEncoder().encodeToString(bytes));
  }

  private static Optional<String> text(Secrets secrets, String id) throws IOException {
    return secrets.read(id).map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
  }
}
