package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Base images that {@code executor warmer} fetches before a build does. */
class WarmerIT {
  private static RegistryServer server;
  private static String digest;
  private static String layer;

  private FaultyRegistry registry;

  @BeforeAll
  static void startRegistry() throws Exception {
    server = RegistryServer.start();
    RegistryClient client = new RegistryClient(server.hostPort());
    ImageMaker.system().push(client, "base", "latest");
    digest =
        client
            .manifest("base", "latest")
            .headers()
            .firstValue("Docker-Content-Digest")
            .orElseThrow();
    layer = FlatImage.pull(client, "base", "latest").manifest().at("/layers/0/digest").asText();
  }

  @AfterAll
  static void stopRegistry() throws Exception {
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    registry = new FaultyRegistry(server);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  static Stream<TestUser> users() {
    return ItUsers.all();
  }

  @ParameterizedTest
  @MethodSource("users")
  void aBuildOnAWarmStoreFetchesNoLayer(TestUser user) throws Exception {
    Path store = user.newDirectory();
    Path context = ItUsers.context(user, dockerfile("/base"));
    ExecutorResult warmed =
        warmer(user).store(store).args("-i=" + registry.hostPort() + "/base:latest").run();
    assertThat(warmed.exitCode()).as(warmed.output()).isZero();
    assertThat(warmed.output()).contains("fetched " + registry.hostPort() + "/base");
    assertThat(layers()).isEqualTo(1);

    ExecutorResult built = build(user, context).store(store).run();

    assertThat(built.exitCode()).as(built.output()).isZero();
    assertThat(layers()).isEqualTo(1);
    TestUsers.delete(context);
    TestUsers.delete(store);
  }

  @ParameterizedTest
  @MethodSource("users")
  void aBuildReadsWhatWasWarmedForAll(TestUser user) throws Exception {
    Path directory = TestUsers.current().newDirectory().resolve("cache");
    Path context = ItUsers.context(user, dockerfile("/base@" + digest));
    Path file = Files.writeString(directory.resolveSibling("Dockerfile"), stages());
    // As kaniko's warmer is called.
    ExecutorResult warmed =
        warmer(TestUsers.current())
            .args("-c=" + directory, "-d", file.toString(), "--build-arg=NAME=base")
            .args("--cache-ttl=6h", "--force", "--image=" + registry.hostPort() + "/base@" + digest)
            .run();
    assertThat(warmed.exitCode()).as(warmed.output()).isZero();
    Files.getFileAttributeView(
            directory.getParent(), java.nio.file.attribute.PosixFileAttributeView.class)
        .setPermissions(java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    long requests = registry.requests().size();

    ExecutorResult built = build(user, context).args("--cache-dir=" + directory).run();

    assertThat(built.exitCode()).as(built.output()).isZero();
    assertThat(registry.requests().subList((int) requests, registry.requests().size())).isEmpty();

    Path blob = directory.resolve("blobs").resolve(layer.replace(':', '/'));
    Files.write(blob, new byte[] {1, 2, 3});
    built = build(user, context).args("--cache-dir=" + directory).run();
    assertThat(built.exitCode()).as(built.output()).isZero();
    assertThat(layers()).isGreaterThan(1);
    TestUsers.delete(context);
    TestUsers.delete(directory.getParent());
  }

  /** As images are pinned: the digest is that of the index, whatever the platform. */
  @Test
  void anIndexThatWasWarmedNeedsNoRegistry() throws Exception {
    RegistryClient client = new RegistryClient(server.hostPort());
    ImageMaker.pushIndex(client, "several", List.of("amd64", "arm64"));
    String index =
        client
            .manifest("several", "latest")
            .headers()
            .firstValue("Docker-Content-Digest")
            .orElseThrow();
    Path directory = TestUsers.current().newDirectory();
    String image = registry.hostPort() + "/several@" + index;
    Path context = ItUsers.context(TestUsers.current(), "FROM " + image + "\nCOPY Dockerfile /\n");
    String cache = "--cache-dir=" + directory.resolve("cache");
    ExecutorResult warmed =
        warmer(TestUsers.current())
            .args("--image=" + registry.hostPort() + "/several", cache)
            .run();
    assertThat(warmed.exitCode()).as(warmed.output()).isZero();
    int requests = registry.requests().size();

    ExecutorResult built = build(TestUsers.current(), context).args(cache).run();

    assertThat(built.exitCode()).as(built.output()).isZero();
    assertThat(registry.requests().subList(requests, registry.requests().size())).isEmpty();
    TestUsers.delete(context);
    TestUsers.delete(directory);
  }

  @Test
  void everyImageOfADockerfileIsFetchedOnce() throws Exception {
    Path directory = TestUsers.current().newDirectory();
    Path file = Files.writeString(directory.resolve("Dockerfile"), stages());

    ExecutorResult warmed =
        warmer(TestUsers.current())
            .args("--dockerfile=" + file, "--build-arg", "NAME=base")
            .args("--cache-dir", directory.resolve("cache").toString())
            .run();

    assertThat(warmed.exitCode()).as(warmed.output()).isZero();
    assertThat(layers()).isEqualTo(1);
    assertThat(Files.readString(directory.resolve("cache/index.json")))
        .contains(digest, registry.hostPort() + "/base");
    Commands.run(
            directory,
            java.util.Map.of(),
            List.of("skopeo", "inspect", "--raw", "oci:" + directory.resolve("cache")))
        .succeeded();
    TestUsers.delete(directory);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --force             | 2 | there is nothing to fetch; give --image or --dockerfile
          --image=x --target=y | 2 | flag --target, but there is no such flag
          --image=a/Up        | 2 | the image a/Up, but 'a/Up' is not an image name
          --dockerfile=/none  | 2 | the Dockerfile /none, but there is no such file
          """)
  void whatCannotBeFetchedIsSaid(String arguments, int code, String message) throws Exception {
    ExecutorResult result = warmer(TestUsers.current()).args(arguments.split(" ")).run();

    assertThat(result.exitCode()).isEqualTo(code);
    assertThat(result.output() + result.stderr()).contains(message);
  }

  private ExecutorRun warmer(TestUser user) {
    return ExecutorRun.as(user).command("warmer").args("--insecure-registry", registry.hostPort());
  }

  private ExecutorRun build(TestUser user, Path context) {
    return ExecutorRun.as(user)
        .context(context)
        .args("--no-push", "--insecure-registry", registry.hostPort());
  }

  private String dockerfile(String image) {
    return "FROM " + registry.hostPort() + image + "\nRUN echo ran > /ran\n";
  }

  private String stages() {
    return """
        ARG NAME
        FROM %1$s/${NAME} AS one
        FROM one AS two
        FROM scratch AS three
        FROM %1$s/base
        """
        .formatted(registry.hostPort());
  }

  private long layers() {
    return registry.count("GET .*/blobs/" + layer);
  }
}
