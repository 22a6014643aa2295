package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that verifies the tokens of a token server, which grants what its users may do. */
class TokenRegistryTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static HttpServer tokens;
  private static RegistryServer server;
  private static volatile int expired;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws Exception {
    tokens = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tokens.createContext("/", TokenRegistryTest::grant);
    tokens.start();
    server = RegistryServer.withTokens("http://localhost:" + port() + "/token");
  }

  @AfterAll
  static void stop() throws IOException {
    tokens.stop(0);
    server.close();
  }

  @Test
  void anImageIsPushedAndPulledWithTokens() throws Exception {
    TestImage image = TestImage.of(21, ImageFormat.OCI, "linux/amd64");
    ImageReference name = ImageReference.parse(server.hostPort() + "/mine/app:1");
    try (Registry registry = registry("pass")) {
      registry.checkPush(name);
      image.push(registry, name);

      assertThat(registry.resolve(name, AMD64).manifestDigest())
          .isEqualTo(image.manifest().digest());
    }
  }

  @Test
  void aTokenThatHasExpiredIsReplaced() throws Exception {
    TestImage image = TestImage.of(22, ImageFormat.OCI, "linux/amd64");
    ImageReference name = ImageReference.parse(server.hostPort() + "/mine/late:1");
    expired = 1;
    try (Registry registry = registry("pass")) {
      image.push(registry, name);
    }
    assertThat(expired).isZero();
  }

  @Test
  void whatTheTokenServerDoesNotGrantIsToldBeforeThePush() throws Exception {
    ImageReference name = ImageReference.parse(server.hostPort() + "/theirs/app:1");
    try (Registry registry = registry("pass")) {
      assertFails(Kind.FORBIDDEN, () -> registry.checkPush(name))
          .hasMessageContaining("ask for the permission");
    }
  }

  @Test
  void aWrongPasswordIsNotRepeated() throws Exception {
    ImageReference name = ImageReference.parse(server.hostPort() + "/mine/app:1");
    try (Registry registry = registry("hunter2")) {
      assertFails(Kind.UNAUTHORIZED, () -> registry.checkPush(name))
          .hasMessageNotContaining("hunter2");
    }
  }

  private Registry registry(String password) throws Exception {
    String auth =
        Base64.getEncoder().encodeToString(("user:" + password).getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        directory.resolve("config.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(server.hostPort(), auth));
    return Registries.open(
        RegistryOptions.builder()
            .dockerConfig(directory)
            .insecureRegistry(server.hostPort())
            .insecureRegistry("localhost:" + port())
            .build());
  }

  private static int port() {
    return tokens.getAddress().getPort();
  }

  private static void grant(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String shown = exchange.getRequestHeaders().getFirst("Authorization");
      boolean known = "Basic dXNlcjpwYXNz".equals(shown); // user:pass
      String token = known ? token(exchange.getRequestURI().getRawQuery()) : "";
      byte[] body = "{\"token\":\"%s\"}".formatted(token).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(known ? 200 : 401, body.length);
      exchange.getResponseBody().write(body);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** A JWT as the distribution's documentation has it; to push is granted below mine/. */
  private static String token(String query) throws IOException, GeneralSecurityException {
    JsonMapper json = new JsonMapper();
    boolean late = expired > 0;
    expired = 0;
    long now = Instant.now().getEpochSecond() - (late ? 3600 : 0);
    ObjectNode claims = json.createObjectNode();
    claims.put("iss", "tests").put("sub", "user").put("aud", "tests").put("jti", "1");
    claims.put("iat", now).put("nbf", now - 10).put("exp", now + 300);
    ArrayNode access = claims.putArray("access");
    for (String field : query.split("&", -1)) {
      String[] sides = URLDecoder.decode(field, StandardCharsets.UTF_8).split("=", 2);
      if (sides[0].equals("scope")) {
        String[] scope = sides[1].split(":", 3);
        ArrayNode actions =
            access.addObject().put("type", scope[0]).put("name", scope[1]).putArray("actions");
        for (String action : scope[2].split(",", -1)) {
          if (action.equals("pull") || scope[1].startsWith("mine/")) {
            actions.add(action);
          }
        }
      }
    }
    String certificate = pem(server.certificate());
    ObjectNode header = json.createObjectNode().put("typ", "JWT").put("alg", "ES256");
    header.putArray("x5c").add(certificate);
    String content =
        encode(json.writeValueAsBytes(header)) + "." + encode(json.writeValueAsBytes(claims));
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initSign(PemKey.parse(Files.readString(server.key())).orElseThrow());
    signature.update(content.getBytes(StandardCharsets.US_ASCII));
    return content + "." + encode(signature.sign());
  }

  private static String pem(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return String.join("", lines.subList(1, lines.size() - 1));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
