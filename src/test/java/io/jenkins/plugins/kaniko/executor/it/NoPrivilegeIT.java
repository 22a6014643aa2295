package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dockerfiles without RUN need no right that an ordinary user may lack. */
class NoPrivilegeIT {
  private static final String DOCKERFILE =
      """
      FROM @REGISTRY@/stacked:docker AS first
      COPY --chown=app Dockerfile /owned
      FROM @REGISTRY@/base
      COPY --from=first /data /data
      COPY --from=@REGISTRY@/other /srv /srv
      COPY --from=first /owned /
      USER app
      WORKDIR /home/app/work
      ENV A=b
      """;

  private static final String EXPECTED =
      """
      tree /data
      file 644 0:0 /data/kept = kept
      same /data/kept /data/kept-too
      file 644 0:0 /data/kept-too = kept
      symlink /data/link -> kept
      dir 755 0:0 /data/opaque
      file 644 0:0 /data/opaque/above = above
      dir 700 5:6 /data/old
      file 644 0:0 /data/old/new = new
      file 644 0:0 /data/dir-to-file = now a file
      dir 755 0:0 /data/file-to-dir
      file 644 0:0 /data/file-to-dir/y = y
      file 4755 7:8 /srv/tool = t
      file 644 1000:1001 /owned
      dir 750 1000:1001 /home/app
      dir 755 1000:1001 /home/app/work
      config /config/Env/2 = "A=b"
      """;

  private static RegistryServer server;
  private static RegistryClient registry;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    BaseImageSet.push(registry);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static Commands.Result build(
      Executor executor, List<String> prefix, String dockerfile, String repository, String... flags)
      throws IOException, InterruptedException {
    Path context = Files.createDirectories(executor.home().resolve("context"));
    Files.writeString(
        context.resolve("Dockerfile"), dockerfile.replace("@REGISTRY@", server.hostPort()));
    executor.user().own(executor.home());
    List<String> all = new ArrayList<>(List.of("--context", context.toString()));
    all.addAll(List.of("--destination", server.hostPort() + "/" + repository + ":it"));
    all.addAll(List.of("--insecure-registry", server.hostPort()));
    all.addAll(List.of(flags));
    return executor.run(prefix, all);
  }

  private static void check(String repository) throws IOException, InterruptedException {
    FlatImage image = FlatImage.pull(registry, repository, "it");
    Expectation.parse(EXPECTED).check(image);
    Judges.accept(server.hostPort() + "/" + repository + ":it", image);
  }

  @Test
  void aUserWithoutSubIdsBuilds() throws IOException, InterruptedException {
    try (Executor executor = new Executor(TestUsers.withoutSubIds())) {
      build(executor, List.of(), DOCKERFILE, "none/plain").succeeded();
      check("none/plain");
    }
  }

  @Test
  void everybodyBuildsWithIsolationNone() throws IOException, InterruptedException {
    for (TestUser user : List.of(TestUsers.current(), TestUsers.withSubIds())) {
      try (Executor executor = new Executor(user)) {
        String repository = "none/by-" + user.name();
        build(executor, List.of(), DOCKERFILE, repository, "--isolation", "none").succeeded();
        check(repository);
      }
    }
  }

  @Test
  void namespacesMayBeForbidden() throws IOException, InterruptedException {
    try (Executor executor = new Executor(TestUsers.withoutSubIds())) {
      build(executor, TestUsers.CONFINED, DOCKERFILE, "none/confined").succeeded();
      check("none/confined");
    }
  }

  @Test
  void aCommandIsRefusedBeforeAnythingIsFetched() throws IOException, InterruptedException {
    try (Executor executor = new Executor(TestUsers.withoutSubIds())) {
      Commands.Result result =
          build(executor, TestUsers.CONFINED, "FROM @REGISTRY@/base\nRUN true\n", "none/refused");
      assertThat(result.exitCode()).as(result.output()).isEqualTo(4);
      assertThat(result.output()).contains("Dockerfile:2").doesNotContain("pull ");
      assertThat(registry.manifest("none/refused", "it").statusCode()).isEqualTo(404);
    }
  }
}
