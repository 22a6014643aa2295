package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a build sends to a registry, in which order, and over how many connections. */
class TransferIT {
  private static final String LAYERS =
      "FROM %s/base:1\nRUN echo 1 > /1\nRUN echo 2 > /2\nRUN echo 3 > /3\nRUN echo 4 > /4\n";

  private static RegistryServer server;
  private static RegistryClient registry;
  private static TestUser user;
  private static Path store;
  private FaultyRegistry front;

  @BeforeAll
  static void start() throws Exception {
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    BaseImage.busybox().push(server, "base:1");
    user = TestUsers.withSubIds();
    store = user.newDirectory().resolve("store");
  }

  @AfterAll
  static void stop() throws Exception {
    TestUsers.delete(store.getParent());
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    front = new FaultyRegistry(server);
  }

  @AfterEach
  void close() {
    front.close();
  }

  private ExecutorResult build(String dockerfile, String... destinations) throws Exception {
    Path context = ItUsers.context(user, dockerfile.formatted(front.hostPort()));
    ExecutorRun run =
        ExecutorRun.as(user)
            .store(store)
            .context(context)
            .args("--insecure-registry", front.hostPort());
    for (String destination : destinations) {
      run.args("--destination", front.hostPort() + "/" + destination);
    }
    ExecutorResult result = run.run();
    TestUsers.delete(context);
    return result;
  }

  /** Each blob goes over the wire once, and the manifests when all blobs are everywhere. */
  @Test
  void destinationsShareBlobsAndManifestsGoLast() throws Exception {
    ExecutorResult result = build(LAYERS, "one:a", "one:b", "two:a");
    assertThat(result.exitCode()).as(result.output()).isZero();

    FlatImage image = FlatImage.pull(registry, "one", "b");
    assertThat(FlatImage.pull(registry, "two", "a").digest()).isEqualTo(image.digest());
    for (String digest : image.manifest().findValuesAsText("digest")) {
      String escaped = digest.replace(":", "(:|%3A)");
      assertThat(front.count("PUT .*/blobs/uploads/.*digest=" + escaped + ".*"))
          .as("uploads of %s in %s", digest, front.requests())
          .isLessThanOrEqualTo(1);
      assertThat(
              front.count("PUT .*/blobs/uploads/.*digest=" + escaped + ".*")
                  + front.count("POST .*mount=" + escaped + ".*"))
          .isGreaterThanOrEqualTo(2);
    }
    List<String> requests = front.requests();
    int firstManifest = requests.size();
    int lastBlob = 0;
    for (int i = 0; i < requests.size(); i++) {
      if (requests.get(i).matches("PUT .*/manifests/.*")) {
        firstManifest = Math.min(firstManifest, i);
      }
      if (requests.get(i).matches("(PUT|POST|PATCH) .*/blobs/.*")) {
        lastBlob = i;
      }
    }
    assertThat(firstManifest).as("%s", requests).isGreaterThan(lastBlob);
    assertThat(front.connections()).as("of %d requests", requests.size()).isLessThanOrEqualTo(6);
  }

  @Test
  void whatFailsLeavesEveryTagAsItWas() throws Exception {
    assertThat(build("FROM %s/base:1\nLABEL v=1\n", "tag:1", "other:1").exitCode()).isZero();
    String before = FlatImage.pull(registry, "tag", "1").digest();

    ExecutorResult failed =
        build("FROM %s/base:1\nRUN echo 1 > /made\nRUN exit 3\n", "tag:1", "other:1");
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(FlatImage.pull(registry, "tag", "1").digest()).isEqualTo(before);

    front.fault(
        (exchange, forward) -> {
          boolean upload =
              exchange.getRequestURI().getPath().startsWith("/v2/other/blobs/uploads/");
          String query = String.valueOf(exchange.getRequestURI().getQuery());
          // What asks for permission before the build has neither.
          boolean refused = upload && (query.contains("mount=") || query.contains("digest="));
          if (refused) {
            FaultyRegistry.answer(exchange, 403, "");
          }
          return refused;
        });
    ExecutorResult refused = build("FROM %s/base:1\nRUN echo 2 > /made\n", "tag:1", "other:1");
    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(3);
    assertThat(FlatImage.pull(registry, "tag", "1").digest()).isEqualTo(before);
    assertThat(FlatImage.pull(registry, "other", "1").digest()).isEqualTo(before);
  }

  @Test
  void aBaseIsFetchedAndExtractedOnceForAllBuildsOfAnAgent() throws Exception {
    assertThat(build(LAYERS, "once:1").exitCode()).isZero();
    front.requests().clear();
    ExecutorResult run = build("FROM %s/base:1\nRUN echo other > /other\n", "once:2");
    assertThat(run.exitCode()).as(run.output()).isZero();
    ExecutorResult copy = build("FROM %s/base:1\nCOPY Dockerfile /x\n", "once:3");
    assertThat(copy.exitCode()).as(copy.output()).isZero();
    assertThat(run.output() + copy.output()).doesNotContain("pull ", "extract ");
    assertThat(front.count("GET .*/blobs/.*"))
        .as("but for configs: %s", front.requests())
        .isLessThanOrEqualTo(2);
  }

  /** On an agent that has never seen the base, for steps that have nothing to look up in it. */
  @Test
  void nothingIsDownloadedOfABaseThatTheDestinationHas() throws Exception {
    String dockerfile = "FROM %s/base:1\nCOPY --link Dockerfile /x\nENV A=b\nCMD [\"/bin/true\"]\n";
    Path context = ItUsers.context(user, dockerfile.formatted(front.hostPort()));
    ExecutorResult result =
        ExecutorRun.as(user)
            .store(store.resolveSibling("empty"))
            .context(context)
            .args("--insecure-registry", front.hostPort())
            .args("--destination", front.hostPort() + "/nothing:1")
            .run();
    TestUsers.delete(context);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(front.count("GET .*/blobs/.*"))
        .as("but for the config: %s", front.requests())
        .isLessThanOrEqualTo(1);
    assertThat(FlatImage.pull(registry, "nothing", "1").manifest().path("layers")).hasSize(2);
  }
}
