package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the files of AWS's own tools say of one profile: {@code ~/.aws/credentials}, and {@code
 * ~/.aws/config} where the former says nothing.
 */
final class AwsProfile {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String USUAL = "default";
  private static final String ID = "aws_access_key_id";
  private static final String SECRET = "aws_secret_access_key";
  private static final String ROLE = "role_arn";
  private static final Pattern SECTION =
      Pattern.compile("\\[\\s*(?:(profile)\\s+)?([^]]*?)\\s*].*");

  /** What stands for credentials that take a conversation with AWS, or a person. */
  private static final Predicate<String> OTHER_KIND =
      Pattern.compile("sso_.*|login_session|role_arn|source_profile|credential_source|mfa_serial")
          .asMatchPredicate();

  private final String name;
  private final boolean named;
  private final List<Path> files;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<Path, Map<String, String>> ofFiles = new LinkedHashMap<>();
  private boolean found;

  private AwsProfile(String name, boolean named, List<Path> files) {
    this.name = name;
    this.named = named;
    this.files = files;
  }

  /** The profile that {@code AWS_PROFILE} names, or the usual one. */
  static AwsProfile chosen(Map<String, String> environment) throws IOException {
    String given = environment.getOrDefault("AWS_PROFILE", "").strip();
    Path home = Path.of(environment.getOrDefault("HOME", "/"), ".aws");
    Path credentials =
        file(environment, "AWS_SHARED_CREDENTIALS_FILE", home.resolve("credentials"));
    Path config = file(environment, "AWS_CONFIG_FILE", home.resolve("config"));
    AwsProfile profile =
        new AwsProfile(
            given.isEmpty() ? USUAL : given, !given.isEmpty(), List.of(credentials, config));
    profile.read(credentials, false);
    profile.read(config, true);
    return profile;
  }

  private static Path file(Map<String, String> environment, String variable, Path usual) {
    String given = environment.getOrDefault(variable, "").strip();
    return given.isEmpty() ? usual : Path.of(given);
  }

  private void read(Path file, boolean prefixed) throws IOException {
    if (!Files.isReadable(file)) {
      return;
    }
    Map<String, String> own = ofFiles.computeIfAbsent(file, any -> new LinkedHashMap<>());
    boolean inside = false;
    boolean nested = false;
    for (String line : Files.readAllLines(file)) {
      String text = line.strip();
      Matcher section = SECTION.matcher(text);
      if (section.matches()) {
        boolean marked = section.group(1) != null;
        inside =
            section.group(2).replace("\"", "").equals(name)
                && (marked == prefixed || (prefixed && name.equals(USUAL)));
        found |= inside;
        nested = false;
      } else if (inside && text.contains("=") && !text.startsWith("#") && !text.startsWith(";")) {
        String[] sides = text.split("=", 2);
        // What follows a name without a value, indented, belongs to that name.
        if (nested && Character.isWhitespace(line.charAt(0))) {
          continue;
        }
        nested = sides[1].isBlank();
        own.putIfAbsent(sides[0].strip().toLowerCase(Locale.ROOT), sides[1].strip());
      }
    }
    own.forEach(values::putIfAbsent);
  }

  /**
   * The profile's keys; empty if it has none, so that others are asked who may have some.
   *
   * @throws IOException if it is not there although it is named, or if nobody here can get its keys
   */
  Optional<AwsKeys.Keys> keys() throws IOException {
    if (values.containsKey(ROLE)) {
      // AWS's tools take the role then, for which the keys are only the way.
      throw unsupported(ROLE);
    }
    for (Map.Entry<Path, Map<String, String>> file : ofFiles.entrySet()) {
      Optional<AwsKeys.Keys> keys = keys(file.getKey(), file.getValue());
      if (keys.isPresent()) {
        return keys;
      }
    }
    String command = values.getOrDefault("credential_process", "");
    if (!command.isEmpty()) {
      return Optional.of(new AwsProcess(name, command, PATIENCE).keys());
    }
    Optional<String> other = values.keySet().stream().filter(OTHER_KIND).findFirst();
    if (other.isPresent()) {
      throw unsupported(other.get());
    }
    if (named && !found) {
      throw new IOException(
          "AWS_PROFILE names the profile %s, but neither %s nor %s has it; write it there, or unset AWS_PROFILE"
              .formatted(name, files.get(0), files.get(1)));
    }
    return Optional.empty();
  }

  /** Keys of one file: a token belongs to the keys that it stands with. */
  private Optional<AwsKeys.Keys> keys(Path file, Map<String, String> own) throws IOException {
    String id = own.getOrDefault(ID, "");
    String secret = own.getOrDefault(SECRET, "");
    if (id.isEmpty() && secret.isEmpty()) {
      return Optional.empty();
    }
    if (id.isEmpty() || secret.isEmpty()) {
      throw new IOException(
          "the AWS profile %s has %s without %s in %s; write both there, or none"
              .formatted(name, id.isEmpty() ? SECRET : ID, id.isEmpty() ? ID : SECRET, file));
    }
    String token = own.getOrDefault("aws_session_token", "");
    return Optional.of(
        new AwsKeys.Keys(id, secret, Optional.of(token).filter(text -> !text.isEmpty())));
  }

  private IOException unsupported(String kind) {
    return new IOException(
        ("the AWS profile %1$s gets its keys by %2$s, which is not supported; give the build the"
                + " variables that `aws configure export-credentials --profile %1$s --format env`"
                + " prints, or a profile with credential_process")
            .formatted(name, kind));
  }
}
