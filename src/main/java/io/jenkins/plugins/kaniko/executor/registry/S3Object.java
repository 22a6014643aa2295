package io.jenkins.plugins.kaniko.executor.registry;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * An object of S3, or of what speaks its protocol: {@code S3_ENDPOINT} and {@code
 * S3_FORCE_PATH_STYLE} as in kaniko, everything else as AWS's own tools have it.
 */
final class S3Object {
  private static final String NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String USUAL_REGION = "us-east-1";

  private final Map<String, String> environment;
  private final AwsKeys keys;
  private final Clock clock;

  S3Object(Map<String, String> environment, CloudClient client, Clock clock) {
    this.environment = environment;
    this.keys = new AwsKeys(environment, client);
    this.clock = clock;
  }

  /**
   * @param told the region, if the service has said it
   */
  StorageRequest request(String bucket, String key, Optional<String> told)
      throws RegistryException {
    String region = told.orElseGet(this::region);
    URI uri = uri(bucket, key, region);
    Map<String, String> given = Map.of("x-amz-content-sha256", NOTHING);
    return StorageRequest.of(
        uri,
        // No server tells us to whom our identity is shown.
        () -> keys.find(region()),
        found ->
            new AwsSignature(found, region, "s3").headers("GET", uri, given, "", clock.instant()));
  }

  private String region() {
    return first("AWS_REGION", "AWS_DEFAULT_REGION").orElse(USUAL_REGION);
  }

  private URI uri(String bucket, String key, String region) throws RegistryException {
    String usual = "https://s3." + region + ".amazonaws.com" + AwsKeys.china(region);
    String given = first("S3_ENDPOINT").orElseGet(() -> keys.endpoint("S3", usual).toString());
    // Nobody sends the standard ports along, and they would be part of what is signed.
    String endpoint =
        (given.contains("://") ? given : "https://" + given)
            .replaceFirst("/+$", "")
            .replaceFirst("^(https://[^/]*):443(?=/|$)", "$1")
            .replaceFirst("^(http://[^/]*):80(?=/|$)", "$1");
    URI host = host(endpoint);
    String path = encode(key);
    return URI.create(
        inPath(bucket, host)
            ? endpoint + "/" + bucket + "/" + path
            : host.getScheme()
                + "://"
                + bucket
                + "."
                + host.getRawAuthority()
                + host.getRawPath()
                + "/"
                + path);
  }

  private static URI host(String endpoint) throws RegistryException {
    String problem = "that is no address of a server; write it like http://minio:9000";
    try {
      URI host = URI.create(endpoint);
      if (host.getHost() != null && String.valueOf(host.getScheme()).matches("(?i)https?")) {
        return host;
      }
      if (String.valueOf(host.getRawAuthority()).contains("_")) {
        problem =
            "the name of a host has no underscore in HTTP; give the server another name, or write"
                + " its IP address";
      }
    } catch (IllegalArgumentException e) {
      // Said below; the message of the cause quotes the address, which may hold a password.
    }
    throw new RegistryException(
        RegistryException.Kind.OTHER,
        "tried to use the address of S3 in S3_ENDPOINT (or AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL),"
            + " but "
            + problem);
  }

  /** A bucket is part of the host's name, unless that is impossible or not wanted. */
  private boolean inPath(String bucket, URI host) {
    boolean numeric = host.getHost().matches("[0-9.]+|\\[.*]|localhost");
    boolean odd = bucket.contains(".") && host.getScheme().equals("https");
    return first("S3_FORCE_PATH_STYLE").filter("true"::equalsIgnoreCase).isPresent()
        || numeric
        || odd
        || !bucket.matches("[a-z0-9][a-z0-9.-]*[a-z0-9]");
  }

  private Optional<String> first(String... names) {
    for (String name : names) {
      String value = environment.getOrDefault(name, "").strip();
      if (!value.isEmpty()) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** As Signature Version 4 wants a path: all but letters, digits, {@code -._~} and slashes. */
  static String encode(String path) {
    StringBuilder text = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0);
      text.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return text.toString();
  }
}
