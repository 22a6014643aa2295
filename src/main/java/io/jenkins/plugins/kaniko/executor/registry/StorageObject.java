package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One object of a cloud's storage, by the address that kaniko gives it: {@code s3://BUCKET/KEY},
 * {@code gs://BUCKET/NAME}, or that of a blob of Azure. Whoever is known to the cloud is shown to
 * it as for its registries; everybody else asks as anybody.
 */
public final class StorageObject {
  /** The name of an object where only its bucket is given, as in kaniko. */
  private static final String USUAL_NAME = "context.tar.gz";

  private static final Pattern BUCKET = Pattern.compile("(?i)(s3|gs)://([a-z0-9._-]+)(?:/(.*))?");

  /** It becomes part of a host's name, and a server says it. */
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,32}");

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String address;
  private final RegistryOptions options;
  private final Clock clock;

  /**
   * @param options where certificates, proxies and credentials are
   */
  public StorageObject(String address, RegistryOptions options) {
    this.address = address;
    this.options = options;
    this.clock = Clock.systemUTC();
  }

  /** Whether an address names an object of a cloud's storage. */
  public static boolean isAddress(String address) {
    return address.matches("(?i)(s3|gs)://.*") || AzureBlob.isAddress(address);
  }

  /** Fetches the object. */
  public void get(Path target) throws RegistryException, IOException {
    Retry retry = new Retry(options, 0);
    Optional<String> region = retry.run(() -> attempt(Optional.empty(), target));
    if (region.isPresent()) {
      retry.run(() -> attempt(region, target));
    }
  }

  /**
   * @return the region in which the object is, if it was not the one asked
   */
  private Optional<String> attempt(Optional<String> region, Path target)
      throws RegistryException, IOException {
    StorageRequest asked = request(region);
    HttpResponse<Path> response = send(asked, target);
    int status = response.statusCode();
    if (status == 200) {
      return Optional.empty();
    }
    Optional<String> elsewhere =
        response
            .headers()
            .firstValue("x-amz-bucket-region")
            .filter(told -> REGION.matcher(told).matches());
    if (elsewhere.isPresent() && region.isEmpty() && (status == 301 || status == 400)) {
      return elsewhere;
    }
    throw refusal(asked, status);
  }

  private StorageRequest request(Optional<String> region) throws RegistryException {
    CloudClient client = new CloudClient(options);
    try {
      if (AzureBlob.isAddress(address)) {
        return new AzureBlob(options.environment(), client, clock).request(URI.create(address));
      }
      Matcher matcher = BUCKET.matcher(address);
      if (!matcher.matches()) {
        throw failure(
            Kind.OTHER,
            "that is no bucket and no name; write s3://BUCKET/KEY or gs://BUCKET/NAME",
            null);
      }
      String bucket = matcher.group(2);
      String name = Optional.ofNullable(matcher.group(3)).orElse("");
      name = name.isEmpty() ? USUAL_NAME : name;
      return matcher.group(1).equalsIgnoreCase("s3")
          ? new S3Object(options.environment(), client, clock).request(bucket, name, region)
          : new GoogleObject(options.environment(), client).request(bucket, name);
    } catch (IllegalArgumentException e) {
      // No cause: it quotes the address, whose query may be a signature.
      throw failure(Kind.OTHER, "its address is not well-formed", null);
    } catch (IOException e) {
      throw failure(Kind.UNAUTHORIZED, String.valueOf(e.getMessage()), e);
    }
  }

  private HttpResponse<Path> send(StorageRequest asked, Path target)
      throws RegistryException, IOException {
    HttpRequest request = httpRequest(asked);
    HttpClient client = Exchange.client(options, asked.uri(), CONNECT_TIMEOUT);
    try {
      return Exchange.send(client, request, Download.whole(target), PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(Kind.OTHER, "the thread was interrupted", e);
    } catch (IOException e) {
      String reason = TransferProblem.of(e);
      throw failure(Kind.UNREACHABLE, asked + " cannot be asked (" + reason + ")", e)
          .passing(Optional.empty());
    }
  }

  private HttpRequest httpRequest(StorageRequest asked) throws RegistryException {
    try {
      HttpRequest.Builder request =
          options.proxies().authorize(HttpRequest.newBuilder(asked.uri()), asked.uri());
      asked.headers().forEach(request::header);
      return request.build();
    } catch (IllegalArgumentException e) {
      // No cause: it quotes a header, which may be a token.
      throw failure(
          Kind.OTHER,
          "its address or the credentials of the cloud have characters that HTTP does not allow;"
              + " check the variables for line breaks",
          null);
    }
  }

  private RegistryException refusal(StorageRequest asked, int status) {
    String advice =
        switch (status) {
          case 401, 403 ->
              asked.known()
                  ? "; ask for the right to read it"
                  : "; nobody is named who asks: give credentials of the cloud, see docs/contexts.md"
                      + asked.problem().map(text -> " (" + text + ")").orElse("");
          case 404 -> "; check the name";
          case 301, 400 -> "; check the name and the region";
          default -> "";
        };
    Kind kind =
        switch (status) {
          case 401 -> Kind.UNAUTHORIZED;
          case 403 -> Kind.FORBIDDEN;
          case 404 -> Kind.NOT_FOUND;
          default -> Kind.OTHER;
        };
    RegistryException refusal = failure(kind, asked + " answers " + status + advice, null);
    boolean passes = status == 408 || status == 429 || status / 100 == 5;
    return passes ? refusal.passing(Optional.empty()) : refusal;
  }

  private RegistryException failure(Kind kind, String reason, Throwable cause) {
    // What stands behind the ? may be a signature.
    String shown = address.replaceFirst("[?#].*", "").replaceFirst("//[^/@]*@", "//");
    return new RegistryException(
        kind, "tried to fetch the context %s, but %s".formatted(shown, reason), cause);
  }
}
