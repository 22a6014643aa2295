package io.jenkins.plugins.kaniko.executor.registry;

import java.net.URI;
import java.util.Map;

/**
 * An object of Google Cloud Storage, by its JSON interface. {@code STORAGE_EMULATOR_HOST} names
 * another server, which is shown no token, as in Google's own tools.
 */
final class GoogleObject {
  private static final String USUAL = "https://storage.googleapis.com";

  private final Map<String, String> environment;
  private final GoogleCredentials credentials;

  GoogleObject(Map<String, String> environment, CloudClient client) {
    this.environment = environment;
    this.credentials = new GoogleCredentials(environment, client);
  }

  StorageRequest request(String bucket, String name) {
    String emulator = environment.getOrDefault("STORAGE_EMULATOR_HOST", "").strip();
    if (!emulator.isEmpty()) {
      String server = emulator.contains("://") ? emulator : "http://" + emulator;
      return StorageRequest.open(uri(server.replaceFirst("/+$", ""), bucket, name));
    }
    return StorageRequest.of(
        uri(USUAL, bucket, name),
        credentials::token,
        token -> Map.of("Authorization", "Bearer " + token));
  }

  private static URI uri(String server, String bucket, String name) {
    return URI.create(
        "%s/storage/v1/b/%s/o/%s?alt=media"
            .formatted(server, bucket, S3Object.encode(name).replace("/", "%2F")));
  }
}
