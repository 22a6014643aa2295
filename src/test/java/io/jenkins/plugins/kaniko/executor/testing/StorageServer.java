package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Real servers of the protocols of S3 (S3Proxy) and of Azure's blobs (Azurite), which verify
 * signatures.
 */
public final class StorageServer implements AutoCloseable {
  /** The one user of S3. */
  public static final String S3_KEY = "somebody";

  public static final String S3_SECRET = "s3cret of somebody";

  /** The account that every Azurite has, and its key. */
  public static final String ACCOUNT = "devstoreaccount1";

  public static final String ACCOUNT_KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private final ServerProcess process;
  private final Path directory;
  private final int port;

  private StorageServer(ServerProcess process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
  }

  public static StorageServer s3() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("s3");
    int port = ServerProcess.freePort();
    Path properties = directory.resolve("properties");
    Files.writeString(
        properties,
        """
        s3proxy.authorization=aws-v4
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        jclouds.identity=x
        jclouds.credential=x
        """
            .formatted(port, S3_KEY, S3_SECRET, Files.createDirectory(directory.resolve("data"))));
    return start(
        directory,
        port,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            TestServers.s3proxy().resolve("*").toString(),
            "org.gaul.s3proxy.Main",
            "--properties",
            properties.toString()));
  }

  public static StorageServer azure() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("azure");
    int port = ServerProcess.freePort();
    return start(
        directory,
        port,
        List.of(
            TestServers.azurite().resolve("azurite-blob").toString(),
            "--location",
            directory.toString(),
            "--blobPort",
            Integer.toString(port),
            "--skipApiVersionCheck",
            "--disableTelemetry",
            "--silent"));
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Puts an object into a bucket of S3, which is made where it is not there. */
  public void putS3(String bucket, String key, byte[] content) throws IOException {
    Path file = directory.resolve("data").resolve(bucket).resolve(key);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  /** Makes a container and puts a blob into it. */
  public void putBlob(String container, String name, byte[] content)
      throws IOException, InterruptedException, GeneralSecurityException {
    String base = "/" + ACCOUNT + "/" + container;
    putSigned(base, "restype=container", "\nrestype:container", Map.of(), new byte[0]);
    putSigned(base + "/" + name, null, "", Map.of("x-ms-blob-type", "BlockBlob"), content);
  }

  private void putSigned(
      String path, String query, String resource, Map<String, String> more, byte[] content)
      throws IOException, InterruptedException, GeneralSecurityException {
    TreeMap<String, String> headers = new TreeMap<>(more);
    headers.put(
        "x-ms-date",
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .format(ZonedDateTime.now(ZoneOffset.UTC)));
    headers.put("x-ms-version", "2021-12-02");
    StringBuilder text = new StringBuilder("PUT\n\n\n");
    text.append(content.length == 0 ? "" : content.length).append("\n".repeat(9));
    headers.forEach((name, value) -> text.append(name + ":" + value + "\n"));
    text.append("/" + ACCOUNT + path + resource);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Base64.getDecoder().decode(ACCOUNT_KEY), "HmacSHA256"));
    byte[] signature = mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8));
    headers.put(
        "Authorization",
        "SharedKey " + ACCOUNT + ":" + Base64.getEncoder().encodeToString(signature));
    put(URI.create(url() + path + (query == null ? "" : "?" + query)), headers, content, 201);
  }

  private static void put(URI uri, Map<String, String> headers, byte[] content, int expected)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).PUT(BodyPublishers.ofByteArray(content));
    headers.forEach(request::header);
    var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() != expected) {
      throw new IOException(uri + ": " + response.statusCode() + " " + response.body());
    }
  }

  @Override
  public void close() throws IOException {
    process.close();
  }

  private static StorageServer start(Path directory, int port, List<String> command)
      throws IOException {
    ServerProcess process = ServerProcess.start(new ProcessBuilder(command), directory, port);
    return new StorageServer(process, directory, port);
  }
}
