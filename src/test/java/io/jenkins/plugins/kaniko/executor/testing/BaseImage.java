package io.jenkins.plugins.kaniko.executor.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * A small image to start from, of Debian's busybox-static, pushed without any code of the project.
 */
public final class BaseImage {
  private static final List<String> APPLETS =
      List.of("sh", "cat", "cp", "dd", "echo", "id", "ls", "mkdir", "rm", "sleep", "true", "touch");

  private final byte[] layer;
  private final String diffId;
  private final String architecture;

  private BaseImage(byte[] layer, String diffId, String architecture) {
    this.layer = layer;
    this.diffId = diffId;
    this.architecture = architecture;
  }

  /** For the machine that runs the tests. */
  public static BaseImage busybox() throws IOException {
    byte[] tar = tar();
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzipped)) {
      out.write(tar);
    }
    String machine = System.getProperty("os.arch");
    return new BaseImage(
        gzipped.toByteArray(), sha256(tar), machine.equals("aarch64") ? "arm64" : machine);
  }

  /** The same layer under a config that says something else of it. */
  public BaseImage claimingDiffId(String other) {
    return new BaseImage(layer, other, architecture);
  }

  /** Of the layer, compressed. */
  public int layerSize() {
    return layer.length;
  }

  /** The digest of the layer, compressed. */
  public String layerDigest() {
    return sha256(layer);
  }

  /**
   * Pushes over plain HTTP.
   *
   * @param name repository and tag
   */
  public void push(RegistryServer registry, String name) throws IOException, InterruptedException {
    String config =
        """
        {"architecture":"%s","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["sh"]},\
        "rootfs":{"type":"layers","diff_ids":["%s"]},\
        "history":[{"created":"2024-01-01T00:00:00Z","created_by":"busybox"}]}"""
            .formatted(architecture, diffId);
    byte[] configBytes = config.getBytes(StandardCharsets.UTF_8);
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},\
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":%d}]}"""
            .formatted(sha256(configBytes), configBytes.length, layerDigest(), layer.length);
    String[] parts = name.split(":", 2);
    String repository = "http://" + registry.hostPort() + "/v2/" + parts[0];
    blob(registry, repository, layer);
    blob(registry, repository, configBytes);
    send(
        HttpRequest.newBuilder(URI.create(repository + "/manifests/" + parts[1]))
            .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
            .PUT(BodyPublishers.ofString(manifest)));
  }

  private static void blob(RegistryServer registry, String repository, byte[] content)
      throws IOException, InterruptedException {
    HttpResponse<String> started =
        send(
            HttpRequest.newBuilder(URI.create(repository + "/blobs/uploads/"))
                .POST(BodyPublishers.noBody()));
    URI upload =
        URI.create("http://" + registry.hostPort())
            .resolve(started.headers().firstValue("Location").orElseThrow());
    send(
        HttpRequest.newBuilder(URI.create(upload + "&digest=" + sha256(content)))
            .PUT(BodyPublishers.ofByteArray(content)));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(response + ": " + response.body());
    }
    return response;
  }

  private static byte[] tar() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (String directory : List.of("bin/", "etc/", "tmp/")) {
        TarArchiveEntry entry = new TarArchiveEntry(directory);
        entry.setModTime(0);
        entry.setMode(directory.equals("tmp/") ? 01777 : 0755);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
      file(tar, "bin/busybox", 0755, Files.readAllBytes(busyboxOfThisMachine()));
      for (String applet : APPLETS) {
        TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
        link.setModTime(0);
        link.setLinkName("busybox");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
      String passwd = "root:x:0:0::/root:/bin/sh\napp:x:1234:1234::/home/app:/bin/sh\n";
      file(tar, "etc/passwd", 0644, passwd.getBytes(StandardCharsets.UTF_8));
      file(tar, "etc/group", 0644, "root:x:0:\napp:x:1234:\n".getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static Path busyboxOfThisMachine() {
    Path usual = Path.of("/bin/busybox");
    return Files.exists(usual) ? usual : Path.of("/usr/bin/busybox");
  }

  private static void file(TarArchiveOutputStream tar, String name, int mode, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setModTime(0);
    entry.setMode(mode);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static String sha256(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
