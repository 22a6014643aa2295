package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A real registry (Debian's docker-registry) on a free loopback port, with a storage of its own.
 */
public final class RegistryServer implements AutoCloseable {
  /** The one user of a registry that is started {@link #withPassword}. */
  public static final String USER = "tester";

  public static final String PASSWORD = "correct horse";

  /** The bcrypt hash of {@link #PASSWORD}, as htpasswd would write it. */
  private static final String PASSWORD_HASH =
      "$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";

  private final Path directory;
  private final ServerProcess process;
  private final int port;

  private RegistryServer(Path directory, ServerProcess process, int port) {
    this.directory = directory;
    this.process = process;
    this.port = port;
  }

  /** Plain HTTP, open to everybody. */
  public static RegistryServer start() throws IOException {
    return start(false, false);
  }

  /** Plain HTTP, with Basic authentication. */
  public static RegistryServer withPassword() throws IOException {
    return start(false, true);
  }

  /** Plain HTTP, for images too whose layers are elsewhere. */
  public static RegistryServer withForeignLayers() throws IOException {
    return start(
        Files.createTempDirectory("registry"),
        "",
        "validation: {manifests: {urls: {allow: ['^https://']}}}\n");
  }

  /** TLS with a certificate for localhost that nobody trusts. */
  public static RegistryServer withTls() throws IOException {
    return start(true, false);
  }

  /** TLS, for those who show the server's own certificate. */
  public static RegistryServer withMutualTls() throws IOException {
    return start(
        true,
        false,
        "  tls: {certificate: %1$s/cert.pem, key: %1$s/key.pem, clientcas: [%1$s/cert.pem]}\n");
  }

  /**
   * Plain HTTP, for those who bring a token of a token server, which signs with {@link #key}.
   *
   * @param realm address of the token server
   */
  public static RegistryServer withTokens(String realm) throws IOException {
    Path directory = Files.createTempDirectory("registry");
    writeCertificate(directory);
    return start(
        directory,
        "",
        "auth:\n  token: {realm: '%s', service: tests, issuer: tests, rootcertbundle: %s/cert.pem}\n"
            .formatted(realm, directory));
  }

  /** The certificate of a registry with TLS or tokens, in PEM form. */
  public Path certificate() {
    return directory.resolve("cert.pem");
  }

  /** The private key of {@link #certificate}. */
  public Path key() {
    return directory.resolve("key.pem");
  }

  public String hostPort() {
    return "localhost:" + port;
  }

  public int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    process.close();
  }

  private static RegistryServer start(boolean tls, boolean password) throws IOException {
    return start(tls, password, "  tls: {certificate: %1$s/cert.pem, key: %1$s/key.pem}\n");
  }

  private static RegistryServer start(boolean tls, boolean password, String tlsConfig)
      throws IOException {
    Path directory = Files.createTempDirectory("registry");
    if (tls) {
      writeCertificate(directory);
    }
    if (password) {
      Files.writeString(directory.resolve("htpasswd"), USER + ":" + PASSWORD_HASH + "\n");
    }
    return start(
        directory,
        tls ? tlsConfig.formatted(directory) : "",
        password
            ? "auth:\n  htpasswd: {realm: test, path: %s/htpasswd}\n".formatted(directory)
            : "");
  }

  private static RegistryServer start(Path directory, String tlsConfig, String authConfig)
      throws IOException {
    int port = ServerProcess.freePort();
    StringBuilder config = new StringBuilder("version: 0.1\nlog: {level: warn}\n");
    config.append(
        "storage:\n  filesystem: {rootdirectory: %s}\n".formatted(directory.resolve("data")));
    config.append("  delete: {enabled: true}\nhttp:\n  addr: 127.0.0.1:%d\n".formatted(port));
    config.append(tlsConfig).append(authConfig);
    Path file = Files.writeString(directory.resolve("config.yml"), config);
    ProcessBuilder builder = new ProcessBuilder("docker-registry", "serve", file.toString());
    builder.environment().put("OTEL_TRACES_EXPORTER", "none");
    return new RegistryServer(directory, ServerProcess.start(builder, directory, port), port);
  }

  private static void writeCertificate(Path directory) throws IOException {
    Path store = directory.resolve("store.p12");
    String secret = "changeit";
    run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            secret,
            "-alias",
            "test",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=dns:localhost",
            "-validity",
            "2"));
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), secret.toCharArray());
      writePem(
          directory.resolve("cert.pem"), "CERTIFICATE", keys.getCertificate("test").getEncoded());
      writePem(
          directory.resolve("key.pem"),
          "PRIVATE KEY",
          keys.getKey("test", secret.toCharArray()).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IOException("the test certificate could not be written", e);
    }
  }

  private static void writePem(Path file, String type, byte[] content) throws IOException {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, lines));
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(command.get(0) + " failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
