package io.jenkins.plugins.kaniko.executor.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A few requests of the distribution-spec, written for the tests alone. */
final class RegistryClient {
  private static final String ACCEPT =
      "application/vnd.docker.distribution.manifest.v2+json,"
          + " application/vnd.oci.image.manifest.v1+json,"
          + " application/vnd.docker.distribution.manifest.list.v2+json,"
          + " application/vnd.oci.image.index.v1+json";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String base;
  private final String hostPort;

  RegistryClient(String hostPort) {
    this.hostPort = hostPort;
    this.base = "http://" + hostPort;
  }

  String hostPort() {
    return hostPort;
  }

  HttpResponse<byte[]> manifest(String repository, String reference)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/v2/" + repository + "/manifests/" + reference))
            .header("Accept", ACCEPT)
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  byte[] blob(String repository, String digest) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/v2/" + repository + "/blobs/" + digest)).build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException(digest + " of " + repository + ": " + response.statusCode());
    }
    return response.body();
  }

  boolean hasBlob(String repository, String digest) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/v2/" + repository + "/blobs/" + digest))
            .method("HEAD", BodyPublishers.noBody())
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
  }

  /** Uploads a blob and says its digest. */
  String putBlob(String repository, byte[] content) throws IOException, InterruptedException {
    HttpRequest start =
        HttpRequest.newBuilder(URI.create(base + "/v2/" + repository + "/blobs/uploads/"))
            .POST(BodyPublishers.noBody())
            .build();
    String location =
        http.send(start, HttpResponse.BodyHandlers.discarding())
            .headers()
            .firstValue("Location")
            .orElseThrow();
    String digest = digest(content);
    String separator = location.contains("?") ? "&" : "?";
    URI target =
        URI.create(base).resolve(location + separator + "digest=" + digest.replace(":", "%3A"));
    expectCreated(
        HttpRequest.newBuilder(target)
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofByteArray(content))
            .build());
    return digest;
  }

  /** Uploads a manifest and says its digest. */
  String putManifest(String repository, String reference, String mediaType, String json)
      throws IOException, InterruptedException {
    expectCreated(
        HttpRequest.newBuilder(URI.create(base + "/v2/" + repository + "/manifests/" + reference))
            .header("Content-Type", mediaType)
            .PUT(BodyPublishers.ofString(json))
            .build());
    return digest(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes a blob unreachable. */
  void deleteBlob(String repository, String digest) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/v2/" + repository + "/blobs/" + digest))
            .DELETE()
            .build();
    int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != 202) {
      throw new IOException("DELETE of " + digest + ": " + status);
    }
  }

  static String digest(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void expectCreated(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 201) {
      throw new IOException(request.uri() + ": " + response.statusCode() + " " + response.body());
    }
  }
}
