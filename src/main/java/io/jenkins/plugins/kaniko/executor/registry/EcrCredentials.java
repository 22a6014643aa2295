package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amazon ECR, private and public: a password for a signed request. */
final class EcrCredentials implements CloudProvider {
  private static final Pattern PRIVATE =
      Pattern.compile(
          "\\d{12}\\.dkr[.-]ecr(?<fips>-fips)?\\.(?<region>[a-z0-9-]+)\\.(amazonaws\\.com(\\.cn)?|on\\.aws|on\\.amazonwebservices\\.com\\.cn)");
  private static final String PUBLIC = "public.ecr.aws";

  private final AwsKeys keys;
  private final CloudClient client;
  private final Clock clock;

  EcrCredentials(Map<String, String> environment, CloudClient client, Clock clock) {
    this.keys = new AwsKeys(environment, client);
    this.client = client;
    this.clock = clock;
  }

  @Override
  public boolean serves(String registry) {
    return registry.equals(PUBLIC) || PRIVATE.matcher(registry).matches();
  }

  @Override
  public Optional<Credentials> credentials(String registry) throws IOException {
    Matcher matcher = PRIVATE.matcher(registry);
    boolean open = !matcher.matches();
    String region = open ? "us-east-1" : matcher.group("region");
    Optional<AwsKeys.Keys> found = keys.find(region);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    String service = open ? "ecr-public" : "ecr";
    String host =
        open
            ? "api.ecr-public.us-east-1.amazonaws.com"
            : (matcher.group("fips") == null ? "api.ecr." : "ecr-fips.")
                + region
                + ".amazonaws.com"
                + AwsKeys.china(region);
    URI uri = keys.endpoint(open ? "ECR_PUBLIC" : "ECR", "https://" + host);
    Map<String, String> given =
        Map.of(
            "Content-Type",
            "application/x-amz-json-1.1",
            "X-Amz-Target",
            (open ? "SpencerFrontendService" : "AmazonEC2ContainerRegistry_V20150921")
                + ".GetAuthorizationToken");
    Map<String, String> headers =
        new AwsSignature(found.get(), region, service)
            .headers("POST", uri, given, "{}", clock.instant());
    JsonNode data =
        CloudClient.json(uri, client.post(uri, headers, "{}")).path("authorizationData");
    String token =
        CloudClient.field(uri, data.isArray() ? data.path(0) : data, "authorizationToken");
    return Optional.of(decode(uri, token));
  }

  private static Credentials decode(URI from, String token) throws IOException {
    try {
      String[] pair =
          new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8).split(":", 2);
      if (pair.length == 2) {
        return new Credentials.Password(pair[0], pair[1]);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(from.getAuthority() + " gave a token that is none"); // not quoted
    }
    throw new IOException(from.getAuthority() + " gave a token that is none");
  }
}
