package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who asks: Basic against a real registry, tokens against a server that counts what it hands out.
 */
class AuthenticationTest {
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static RegistryServer locked;
  private static RegistryServer open;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    locked = RegistryServer.withPassword();
    open = RegistryServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    locked.close();
    open.close();
  }

  @Test
  void aPasswordOpensTheRegistry() throws Exception {
    TestImage image = TestImage.of(1, ImageFormat.OCI, "linux/amd64");
    ImageReference target = ImageReference.parse(locked.hostPort() + "/app:1");
    try (Registry registry =
        registry(locked.hostPort(), RegistryServer.USER, RegistryServer.PASSWORD)) {
      registry.checkPush(target);
      image.push(registry, target);
      assertThat(registry.resolve(target, AMD64).manifestDigest())
          .isEqualTo(image.manifest().digest());
    }
  }

  @Test
  void aWrongPasswordIsToldAtOnceAndNotRepeated() throws Exception {
    try (Registry registry = registry(locked.hostPort(), RegistryServer.USER, "hunter2")) {
      assertFails(
              Kind.UNAUTHORIZED,
              () -> registry.checkPush(ImageReference.parse(locked.hostPort() + "/app")))
          .hasMessageContaining("check the credentials for " + locked.hostPort())
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void nobodyIsToldToBringCredentials() throws Exception {
    try (Registry registry = registry("elsewhere.example", "a", "b")) {
      assertFails(
              Kind.UNAUTHORIZED,
              () -> registry.resolve(ImageReference.parse(locked.hostPort() + "/app:1"), AMD64))
          .hasMessageContaining("add credentials for " + locked.hostPort() + " to config.json");
    }
  }

  @Test
  void aTokenIsAskedForOnceForEachScope() throws Exception {
    try (TokenRegistry front = new TokenRegistry();
        Registry registry = registry(front.hostPort(), "user", "pass")) {
      TestImage image = TestImage.of(2, ImageFormat.OCI, "linux/amd64");
      ImageReference first = ImageReference.parse(front.hostPort() + "/a/first:1");
      image.push(registry, first);
      registry.resolve(first, AMD64);
      Descriptor layer = image.layerDescriptor();
      PushOutcome outcome =
          registry.pushBlob(
              ImageReference.parse(front.hostPort() + "/a/second"),
              layer,
              BlobSource.bytes(image.layer()),
              Optional.of(first),
              ProgressListener.NONE);

      assertThat(outcome).isEqualTo(PushOutcome.MOUNTED);
      assertThat(front.asked)
          .containsExactly(
              "service=test server&scope=repository:a/first:pull,push",
              "service=test server&scope=repository:a/first:pull",
              "service=test server&scope=repository:a/second:pull,push",
              "service=test server&scope=repository:a/second:pull,push&scope=repository:a/first:pull");
    }
  }

  @Test
  void anExpiredTokenIsReplacedInTheMiddleOfABuild() throws Exception {
    try (TokenRegistry front = new TokenRegistry();
        Registry registry = registry(front.hostPort(), "user", "pass")) {
      ImageReference target = ImageReference.parse(front.hostPort() + "/expiring:1");
      byte[] content = TestImage.noise(3, 1000);
      Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, content);
      registry.hasBlob(target, blob.digest());
      front.generation.incrementAndGet();

      registry.pushBlob(
          target, blob, BlobSource.bytes(content), Optional.empty(), ProgressListener.NONE);

      assertThat(registry.hasBlob(target, blob.digest())).isTrue();
      assertThat(front.asked).hasSize(2);
    }
  }

  @Test
  void aTokenThatExpiresWithinAnUploadBeginsItAgain() throws Exception {
    try (TokenRegistry front = new TokenRegistry();
        Registry registry = registry(front.hostPort(), "user", "pass")) {
      ImageReference target = ImageReference.parse(front.hostPort() + "/expiring:2");
      byte[] content = TestImage.noise(4, 1000);
      Descriptor blob = TestImage.descriptor(MediaTypes.OCI_LAYER_TAR, content);
      front.expireWithUpload.set(true);

      registry.pushBlob(
          target, blob, BlobSource.bytes(content), Optional.empty(), ProgressListener.NONE);

      assertThat(registry.hasBlob(target, blob.digest())).isTrue();
      assertThat(front.front.count("POST .*/blobs/uploads/")).isEqualTo(2);
      assertThat(front.front.requests().stream().filter(r -> r.startsWith("PUT")).distinct())
          .hasSize(2);
    }
  }

  @Test
  void aTokenServerThatRefusesIsUnauthorized() throws Exception {
    try (TokenRegistry front = new TokenRegistry();
        Registry registry = registry(front.hostPort(), "user", "wrong")) {
      assertFails(
              Kind.UNAUTHORIZED,
              () -> registry.checkPush(ImageReference.parse(front.hostPort() + "/app")))
          .hasMessageContaining("check the credentials");
    }
  }

  @Test
  void anIdentityTokenIsExchanged() throws Exception {
    try (TokenRegistry front = new TokenRegistry()) {
      Files.writeString(
          directory.resolve("config.json"),
          "{\"auths\":{\"%s\":{\"identitytoken\":\"refresh+me\"}}}".formatted(front.hostPort()));
      try (Registry registry = registry(front.hostPort())) {
        registry.checkPush(ImageReference.parse(front.hostPort() + "/app"));
      }
      assertThat(front.asked)
          .containsExactly(
              "service=test server&scope=repository:app:pull,push&grant_type=refresh_token&client_id=kaniko-build&refresh_token=refresh+me");
    }
  }

  private Registry registry(String host, String user, String password) throws Exception {
    String auth =
        Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        directory.resolve("config.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, auth));
    return registry(host);
  }

  private Registry registry(String host) throws RegistryException {
    return Registries.open(
        RegistryOptions.builder()
            .dockerConfig(directory)
            .insecureRegistry(host)
            .insecureRegistry(locked.hostPort())
            .build());
  }

  /** A registry that wants tokens, and its token server, under one address. */
  private static final class TokenRegistry implements AutoCloseable {
    private final FaultyRegistry front = new FaultyRegistry(open);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicBoolean expireWithUpload = new AtomicBoolean();
    private final AtomicInteger generation = new AtomicInteger();

    TokenRegistry() throws IOException {
      front.fault(
          (exchange, forward) -> {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            String good = "token-" + generation;
            if (exchange.getRequestURI().getPath().equals("/token")) {
              boolean post = exchange.getRequestMethod().equals("POST");
              String query =
                  post
                      ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                      : exchange.getRequestURI().getRawQuery();
              asked.add(URLDecoder.decode(query, StandardCharsets.UTF_8));
              boolean known = post || "Basic dXNlcjpwYXNz".equals(authorization); // user:pass
              answer(
                  exchange,
                  known ? 200 : 401,
                  "{\"access_token\":\"%s\",\"expires_in\":300}".formatted(good));
              return true;
            }
            if (("Bearer " + good).equals(authorization)) {
              boolean upload = exchange.getRequestMethod().equals("POST");
              if (upload && expireWithUpload.getAndSet(false)) {
                generation.incrementAndGet();
              }
              return false;
            }
            answer(
                exchange,
                401,
                "",
                "WWW-Authenticate",
                "Bearer realm=\"http://%s/token\",service=\"test server\"".formatted(hostPort()));
            return true;
          });
    }

    String hostPort() {
      return front.hostPort();
    }

    @Override
    public void close() {
      front.close();
    }
  }
}
