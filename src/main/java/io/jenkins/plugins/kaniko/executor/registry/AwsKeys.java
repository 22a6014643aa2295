package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who we are to AWS, in the order of its own tools: variables, a web identity (IRSA), the profile
 * of its files, the container's credentials (ECS, EKS Pod Identity), the instance's role.
 */
final class AwsKeys {
  private static final String CONTAINER = "http://169.254.170.2";
  private static final String INSTANCE = "http://169.254.169.254";

  private final Map<String, String> environment;
  private final CloudClient client;

  AwsKeys(Map<String, String> environment, CloudClient client) {
    this.environment = environment;
    this.client = client;
  }

  /**
   * Finds the keys; empty if nothing here belongs to AWS.
   *
   * @param region of the service that they are for
   */
  Optional<Keys> find(String region) throws IOException {
    if (isSet("AWS_ACCESS_KEY_ID") && isSet("AWS_SECRET_ACCESS_KEY")) {
      return Optional.of(
          new Keys(
              get("AWS_ACCESS_KEY_ID"),
              get("AWS_SECRET_ACCESS_KEY"),
              Optional.of(get("AWS_SESSION_TOKEN")).filter(token -> !token.isEmpty())));
    }
    if (isSet("AWS_WEB_IDENTITY_TOKEN_FILE") && isSet("AWS_ROLE_ARN")) {
      return Optional.of(webIdentity(region));
    }
    Optional<Keys> ofProfile = AwsProfile.chosen(environment).keys();
    if (ofProfile.isPresent()) {
      return ofProfile;
    }
    if (isSet("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        || isSet("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
      return Optional.of(container());
    }
    return "true".equalsIgnoreCase(get("AWS_EC2_METADATA_DISABLED"))
        ? Optional.empty()
        : instance();
  }

  private Keys webIdentity(String region) throws IOException {
    String home = isSet("AWS_REGION") ? get("AWS_REGION") : region;
    URI sts = endpoint("STS", "https://sts.%s.amazonaws.com%s".formatted(home, china(home)));
    Map<String, String> form = new LinkedHashMap<>();
    form.put("Action", "AssumeRoleWithWebIdentity");
    form.put("Version", "2011-06-15");
    form.put("RoleArn", get("AWS_ROLE_ARN"));
    form.put(
        "RoleSessionName",
        isSet("AWS_ROLE_SESSION_NAME") ? get("AWS_ROLE_SESSION_NAME") : "kaniko-build");
    form.put(
        "WebIdentityToken", Files.readString(Path.of(get("AWS_WEB_IDENTITY_TOKEN_FILE"))).strip());
    String answer =
        client.post(
            sts,
            Map.of("Content-Type", "application/x-www-form-urlencoded"),
            CloudClient.encode(form));
    return new Keys(
        element(sts, answer, "AccessKeyId"),
        element(sts, answer, "SecretAccessKey"),
        Optional.of(element(sts, answer, "SessionToken")));
  }

  private static String element(URI from, String xml, String name) throws IOException {
    Matcher matcher = Pattern.compile("<" + name + ">([^<]+)</").matcher(xml);
    if (!matcher.find()) {
      throw new IOException("%s gave no %s".formatted(from.getAuthority(), name));
    }
    return matcher.group(1);
  }

  private Keys container() throws IOException {
    URI uri =
        URI.create(
            isSet("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                ? CONTAINER + get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                : get("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    String token =
        isSet("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
            ? Files.readString(Path.of(get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))).strip()
            : get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    return keys(
        uri,
        client.metadata("GET", uri, token.isEmpty() ? Map.of() : Map.of("Authorization", token)));
  }

  private Optional<Keys> instance() throws IOException {
    String base =
        isSet("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            ? get("AWS_EC2_METADATA_SERVICE_ENDPOINT").replaceFirst("/+$", "")
            : INSTANCE;
    String token;
    try {
      token =
          client.metadata(
              "PUT",
              URI.create(base + "/latest/api/token"),
              Map.of("X-aws-ec2-metadata-token-ttl-seconds", "300"));
    } catch (CloudClient.UnavailableException e) {
      return Optional.empty(); // this is no instance of EC2
    }
    Map<String, String> shown = Map.of("X-aws-ec2-metadata-token", token);
    URI roles = URI.create(base + "/latest/meta-data/iam/security-credentials/");
    String role = client.metadata("GET", roles, shown).strip().lines().findFirst().orElse("");
    URI uri = roles.resolve(role);
    return Optional.of(keys(uri, client.metadata("GET", uri, shown)));
  }

  private static Keys keys(URI from, String answer) throws IOException {
    JsonNode json = CloudClient.json(from, answer);
    return new Keys(
        CloudClient.field(from, json, "AccessKeyId"),
        CloudClient.field(from, json, "SecretAccessKey"),
        Optional.of(json.path("Token").asText("")).filter(token -> !token.isEmpty()));
  }

  /** Where a service is; the variables are those of AWS's own tools. */
  URI endpoint(String service, String usual) {
    for (String name : new String[] {"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"}) {
      if (isSet(name)) {
        return URI.create(get(name).replaceFirst("/+$", "") + "/");
      }
    }
    return URI.create(usual + "/");
  }

  /** The end of host names in the partition of a region. */
  static String china(String region) {
    return region.startsWith("cn-") ? ".cn" : "";
  }

  private boolean isSet(String name) {
    return !get(name).isEmpty();
  }

  private String get(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  /** Keys to sign with. */
  record Keys(String id, String secret, Optional<String> session) {
    @Override
    public String toString() {
      return "AWS keys";
    }
  }
}
