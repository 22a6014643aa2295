package io.jenkins.plugins.kaniko.executor.it;

import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertEndsNeatly;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Registries that refuse, lie, are not there or speak another protocol. Exit code 3. */
@Execution(ExecutionMode.CONCURRENT)
class RegistryFailureIT {
  private static RegistryServer registry;
  private static RegistryServer withPassword;
  private static RegistryServer withTls;

  @BeforeAll
  static void startRegistries() throws Exception {
    registry = RegistryServer.start();
    BaseImage.busybox().push(registry, "base:1");
    BaseImage.busybox().claimingDiffId("sha256:" + "0".repeat(64)).push(registry, "liar:1");
    withPassword = RegistryServer.withPassword();
    withTls = RegistryServer.withTls();
  }

  @AfterAll
  static void stopRegistries() throws Exception {
    registry.close();
    withPassword.close();
    withTls.close();
  }

  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  @ParameterizedTest
  @MethodSource("users")
  void aRegistryWithoutCredentialsIs401(TestUser user) throws Exception {
    String image = withPassword.hostPort() + "/base:1";

    assertFails(user, "FROM " + image, "--no-push", "--insecure-registry", withPassword.hostPort())
        .startsWith("error: Dockerfile:1: tried to pull " + image)
        .contains("answered 401", "add credentials for " + withPassword.hostPort())
        .endsWith("\n  1 | FROM " + image);
  }

  @ParameterizedTest
  @MethodSource("users")
  void aPushWithoutCredentialsFailsBeforeTheBuild(TestUser user) throws Exception {
    String dockerfile = "FROM " + registry.hostPort() + "/base:1\nRUN echo never";

    ExecutorResult result =
        run(user, dockerfile, Path.of("/nowhere"), push(withPassword.hostPort() + "/app"));

    assertEndsNeatly(result, 3);
    assertThat(result.error())
        .startsWith("error: tried to push to " + withPassword.hostPort() + "/app")
        .contains("answered 401");
    assertThat(result.stdout()).doesNotContain("never");
  }

  @Tag("S19")
  @ParameterizedTest
  @MethodSource("users")
  void wrongCredentialsAre401AndAreNotShown(TestUser user) throws Exception {
    Path config = dockerConfig(user, withPassword.hostPort(), RegistryServer.PASSWORD + "?");
    String image = withPassword.hostPort() + "/base:1";

    ExecutorResult result =
        run(
            user,
            "FROM " + image,
            config,
            "--no-push",
            "--verbosity=debug",
            "--insecure-registry",
            withPassword.hostPort());
    TestUsers.delete(config);

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.error())
        .contains("answered 401", "check the credentials for " + withPassword.hostPort());
    assertThat(result.output()).doesNotContain(RegistryServer.PASSWORD);
    assertThat(result.leftovers()).isEmpty();
  }

  @Tag("S19")
  @ParameterizedTest
  @MethodSource("users")
  void goodCredentialsLeaveNoTrace(TestUser user) throws Exception {
    Path config = dockerConfig(user, withPassword.hostPort(), RegistryServer.PASSWORD);
    Path store = user.newDirectory();
    Path context = ItUsers.context(user, "FROM " + registry.hostPort() + "/base:1\nRUN true");

    ExecutorResult result =
        ExecutorRun.as(user)
            .context(context)
            .store(store.resolve("store"))
            .environment("DOCKER_CONFIG", config.toString())
            .args("--verbosity=trace")
            .args(push(withPassword.hostPort() + "/app"))
            .run();

    assertThat(result.exitCode()).as(result.output()).isZero();
    ResultAssertions.assertNothingShows(result);
    assertThat(result.leftovers()).isEmpty();
    for (Path file : filesIn(store)) {
      assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
          .doesNotContain(RegistryServer.PASSWORD);
    }
    for (Path directory : List.of(config, store, context)) {
      TestUsers.delete(directory);
    }
  }

  @ParameterizedTest
  @MethodSource("users")
  void credentialsThatDoNotReachAre403(TestUser user) throws Exception {
    try (FaultyRegistry faulty = new FaultyRegistry(registry)) {
      faulty.fault(
          (exchange, forward) -> {
            boolean manifest = exchange.getRequestURI().getPath().contains("/manifests/");
            if (manifest) {
              FaultyRegistry.answer(
                  exchange, 403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not yours\"}]}");
            }
            return manifest;
          });

      assertFails(
              user,
              "FROM " + faulty.hostPort() + "/base:1",
              "--no-push",
              "--insecure-registry",
              faulty.hostPort())
          .contains("answered 403 (not yours)");
    }
  }

  @Tag("S15")
  @ParameterizedTest
  @MethodSource("users")
  void aLayerWhoseDigestLiesIsRefused(TestUser user) throws Exception {
    BaseImage image = BaseImage.busybox();
    Path store = user.newDirectory();
    try (FaultyRegistry faulty = new FaultyRegistry(registry)) {
      faulty.fault(
          (exchange, forward) -> {
            boolean layer = exchange.getRequestURI().getPath().endsWith(image.layerDigest());
            if (layer) {
              exchange.sendResponseHeaders(200, image.layerSize());
              exchange.getResponseBody().write(new byte[image.layerSize()]);
            }
            return layer;
          });
      Path context = ItUsers.context(user, "FROM " + faulty.hostPort() + "/base:1\nRUN true");

      ExecutorResult result =
          ExecutorRun.as(user)
              .context(context)
              .store(store.resolve("store"))
              .args("--no-push", "--insecure-registry", faulty.hostPort())
              .run();

      assertEndsNeatly(result, 3);
      assertThat(result.error())
          .contains("tried to pull " + image.layerDigest(), "but the content has the digest");
      assertThat(filesIn(store)).containsOnly(store.resolve("store/lock"));
      TestUsers.delete(context);
      TestUsers.delete(store);
    }
  }

  /** S15: no tree gets the name of another image's layer. */
  @Tag("S15")
  @ParameterizedTest
  @MethodSource("users")
  void aLayerWhoseDiffIdLiesIsRefused(TestUser user) throws Exception {
    for (String instruction : List.of("RUN true", "COPY --chown=app Dockerfile /")) {
      Path store = user.newDirectory();
      Path context =
          ItUsers.context(user, "FROM " + registry.hostPort() + "/liar:1\n" + instruction);

      ExecutorResult result =
          ExecutorRun.as(user)
              .context(context)
              .store(store.resolve("store"))
              .args("--no-push", "--insecure-registry", registry.hostPort())
              .run();

      assertEndsNeatly(result, 3);
      assertThat(result.error())
          .contains("promises the diffID sha256:000000", "the image is damaged or lies");
      try (Stream<Path> trees = Files.list(store.resolve("store/trees"))) {
        assertThat(trees).isEmpty();
      }
      TestUsers.delete(context);
      TestUsers.delete(store);
    }
  }

  @Tag("S22")
  @ParameterizedTest
  @MethodSource("users")
  void aCertificateThatNobodyKnowsIsNotTrusted(TestUser user) throws Exception {
    assertFails(user, "FROM " + withTls.hostPort() + "/base:1", "--no-push")
        .contains("the certificate of " + withTls.hostPort() + " is not trusted")
        .contains("--skip-tls-verify-registry " + withTls.hostPort());
  }

  @Tag("S22")
  @ParameterizedTest
  @MethodSource("users")
  void plainHttpNeedsAFlag(TestUser user) throws Exception {
    assertFails(user, "FROM " + registry.hostPort() + "/base:1", "--no-push")
        .contains("does not speak TLS; name it with --insecure-registry " + registry.hostPort());
  }

  /** A host behind a firewall that drops what it does not like. */
  @ParameterizedTest
  @MethodSource("users")
  void aHostThatDoesNotRespondIsGivenUpWithinTenSeconds(TestUser user) throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> crowd = crowd(deaf);
      String host = "localhost:" + deaf.getLocalPort();
      Path context = ItUsers.context(user, "FROM " + host + "/base:1");

      ExecutorResult result =
          ExecutorRun.as(user)
              .context(context)
              .args("--no-push", "--insecure-registry", host)
              .run();

      assertEndsNeatly(result, 3);
      assertThat(result.error()).contains(host + " does not respond; check the address");
      assertThat(result.duration()).isLessThan(Duration.ofSeconds(15));
      TestUsers.delete(context);
      for (Socket socket : crowd) {
        socket.close();
      }
    }
  }

  /** Fills the queue of a socket that nobody accepts from: the kernel drops what comes later. */
  private static List<Socket> crowd(ServerSocket deaf) throws IOException {
    List<Socket> crowd = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Socket socket = new Socket();
      crowd.add(socket);
      try {
        socket.connect(deaf.getLocalSocketAddress(), 300);
      } catch (java.net.SocketTimeoutException e) {
        return crowd;
      }
    }
    return crowd;
  }

  private static String[] push(String destination) {
    return new String[] {
      "--destination", destination,
      "--insecure-registry", registry.hostPort(),
      "--insecure-registry", withPassword.hostPort()
    };
  }

  private static org.assertj.core.api.AbstractStringAssert<?> assertFails(
      TestUser user, String dockerfile, String... args) throws Exception {
    ExecutorResult result = run(user, dockerfile, Path.of("/nowhere"), args);
    assertEndsNeatly(result, 3);
    return assertThat(result.error());
  }

  private static ExecutorResult run(
      TestUser user, String dockerfile, Path dockerConfig, String... args) throws Exception {
    Path context = ItUsers.context(user, dockerfile);
    try {
      return ExecutorRun.as(user)
          .context(context)
          .environment("DOCKER_CONFIG", dockerConfig.toString())
          .args(args)
          .run();
    } finally {
      TestUsers.delete(context);
    }
  }

  private static Path dockerConfig(TestUser user, String host, String password) throws IOException {
    Path directory = user.newDirectory();
    String auth =
        Base64.getEncoder()
            .encodeToString(
                (RegistryServer.USER + ":" + password).getBytes(StandardCharsets.UTF_8));
    Path file =
        Files.writeString(
            directory.resolve("config.json"),
            "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, auth));
    Files.setAttribute(file, "unix:mode", 0600);
    user.own(directory);
    return directory;
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
