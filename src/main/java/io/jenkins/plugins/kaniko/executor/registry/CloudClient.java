package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks the services of a cloud for tokens. What they answer is secret: no message quotes it.
 *
 * <p>The metadata services of a machine are asked directly and have a second: elsewhere nobody
 * answers at their addresses.
 */
final class CloudClient {
  private static final Duration METADATA_PATIENCE = Duration.ofSeconds(1);
  private static final Duration SERVICE_PATIENCE = Duration.ofSeconds(10);
  private static final Set<String> METADATA_HOSTS =
      Set.of("169.254.169.254", "[fd00:ec2::254]", "metadata.google.internal");

  private final RegistryOptions options;

  /**
   * @param options where proxies and authorities are
   */
  CloudClient(RegistryOptions options) {
    this.options = options;
  }

  /** Asks the machine's own metadata service. */
  String metadata(String method, URI uri, Map<String, String> headers) throws IOException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(METADATA_PATIENCE).build();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody());
    add(headers, request);
    return send(client, request, METADATA_PATIENCE);
  }

  /** Posts a body to a service. */
  String post(URI uri, Map<String, String> headers, String body) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body));
    add(headers, request);
    try {
      HttpClient client = Exchange.client(options, uri, SERVICE_PATIENCE);
      return send(client, options.proxies().authorize(request, uri), SERVICE_PATIENCE);
    } catch (RegistryException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Sends any request; those to the machine's own metadata service go there directly. */
  HttpResponse<byte[]> exchange(HttpRequest.Builder request, URI uri) throws IOException {
    if (METADATA_HOSTS.contains(String.valueOf(uri.getHost()))) {
      HttpClient client = HttpClient.newBuilder().connectTimeout(METADATA_PATIENCE).build();
      return sent(client, request.build(), BodyHandlers.ofByteArray(), METADATA_PATIENCE);
    }
    try {
      HttpClient client = Exchange.client(options, uri, SERVICE_PATIENCE);
      HttpRequest authorized = options.proxies().authorize(request, uri).build();
      return sent(client, authorized, BodyHandlers.ofByteArray(), SERVICE_PATIENCE);
    } catch (RegistryException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Posts a form. */
  JsonNode form(URI uri, Map<String, String> fields) throws IOException {
    return json(
        uri,
        post(uri, Map.of("Content-Type", "application/x-www-form-urlencoded"), encode(fields)));
  }

  static String encode(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(
            field ->
                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  static JsonNode json(URI uri, String text) throws IOException {
    try {
      return new JsonMapper().readTree(text);
    } catch (IOException e) {
      throw new IOException(uri.getAuthority() + " did not answer with JSON"); // it may be a secret
    }
  }

  /** A field that has to be there. */
  static String field(URI uri, JsonNode json, String name) throws IOException {
    String value = json.path(name).asText("");
    if (value.isEmpty()) {
      throw new IOException("%s gave no %s".formatted(uri.getAuthority(), name));
    }
    return value;
  }

  private static void add(Map<String, String> headers, HttpRequest.Builder request)
      throws IOException {
    try {
      headers.forEach(request::header);
    } catch (IllegalArgumentException e) {
      // No cause: it quotes the header, which may be a token.
      throw new IOException("a token of the cloud has characters that HTTP does not allow");
    }
  }

  private static String send(HttpClient client, HttpRequest.Builder request, Duration patience)
      throws IOException {
    HttpRequest built = request.build();
    HttpResponse<String> response = sent(client, built, BodyHandlers.ofString(), patience);
    if (response.statusCode() != 200) {
      throw new IOException(
          "%s answered %d".formatted(built.uri().getAuthority(), response.statusCode()));
    }
    return response.body();
  }

  private static <T> HttpResponse<T> sent(
      HttpClient client,
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      Duration patience)
      throws IOException {
    try {
      return Exchange.send(client, request, handler, patience);
    } catch (java.net.ConnectException | java.net.http.HttpTimeoutException e) {
      throw new UnavailableException(request.uri().getAuthority() + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the thread was interrupted", e);
    }
  }

  /** Nobody is there. */
  static final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
