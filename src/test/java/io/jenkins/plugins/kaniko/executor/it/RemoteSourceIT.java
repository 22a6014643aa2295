package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.CloudServer;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.GitFixture;
import io.jenkins.plugins.kaniko.executor.testing.GitServer;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.StorageServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Builds from repositories and archives that a server holds. */
class RemoteSourceIT {
  @TempDir static Path root;
  private static RegistryServer registryServer;
  private static RegistryClient registry;
  private static GitServer server;
  private static String first;
  private static String second;

  @BeforeAll
  static void start() throws Exception {
    registryServer = RegistryServer.start();
    registry = new RegistryClient(registryServer.hostPort());
    BaseImageSet.push(registry);
    GitFixture library = new GitFixture(root.resolve("library.git"));
    String libraryCommit =
        library.commit("main", library.tree("100644 of-library", library.blob("library")));
    GitFixture repository = new GitFixture(root.resolve("repo.git"));
    String modules = repository.blob("[submodule \"x\"]\n\tpath = lib\n\turl = ./../library.git\n");
    String one = repository.blob("one");
    first = repository.commit("main", repository.tree("100644 file", one));
    repository.run("", "tag", "v1");
    String dockerfile =
        "FROM " + registryServer.hostPort() + "/base\nCOPY . /all/\nRUN cat /all/file > /ran\n";
    String tree =
        repository.tree(
            "100644 .dockerignore", repository.blob("Dockerfile\n.git*\n"),
            "100644 .gitmodules", modules,
            "100644 Dockerfile", repository.blob(dockerfile),
            "40000 dir", repository.tree("100755 run", repository.blob("run")),
            "100644 file", repository.blob("two"),
            "160000 lib", libraryCommit,
            "120000 link", repository.blob("dir/run"),
            "120000 out", repository.blob("/etc"));
    second = repository.commit("main", tree, first);
    Commands.run(
            root,
            Map.of(),
            List.of(
                "sh",
                "-euc",
                "mkdir -p t/sub; echo tar > t/sub/f; printf 'FROM scratch\\nCOPY f /f\\n' > t/sub/Dockerfile; ln -s /etc t/out; tar -C t -czf tar.tar.gz ."))
        .succeeded();
    server = GitServer.start(root);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    registryServer.close();
  }

  static Stream<TestUser> users() {
    Set<TestUser> users = new LinkedHashSet<>();
    if (TestUsers.current().uid() == 0) {
      users.add(TestUsers.root());
    }
    users.add(TestUsers.withSubIds());
    return users.stream();
  }

  @ParameterizedTest
  @MethodSource("users")
  void repositoriesAndArchivesAreAdded(TestUser user) throws Exception {
    Path context = user.newDirectory();
    String url = server.url("repo.git");
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch
        ADD %1$s /all
        ADD --keep-git-dir=true --chown=3:4 --chmod=go= --exclude=d* %1$s#v1 /kept/
        ADD --link --checksum=%2$s %1$s?branch=main&subdir=dir /sub/
        COPY --from=named file /named
        COPY --from=archive / /archive/
        """
            .formatted(url, second));
    user.own(context);
    String name = "added/" + user.name();
    ExecutorResult result =
        run(
            user,
            name,
            "--context",
            context.toString(),
            "--build-context",
            "named=" + url + "#" + first.substring(0, 9),
            "--build-context",
            "archive=" + server.url("tar.tar.gz"));
    TestUsers.delete(context);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains(url + "#v1 is at commit " + first);
    FlatImage image = FlatImage.pull(registry, name, "it");
    Expectation.parse(
            """
            tree /all
            file 644 0:0 /all/.dockerignore
            file 644 0:0 /all/.gitmodules
            file 644 0:0 /all/Dockerfile
            dir 755 0:0 /all/dir
            file 755 0:0 /all/dir/run = run
            file 644 0:0 /all/file = two
            dir 755 0:0 /all/lib
            file 644 0:0 /all/lib/of-library = library
            symlink /all/link -> dir/run
            symlink /all/out -> /etc
            file 600 3:4 /kept/file = one
            file 600 3:4 /kept/.git/HEAD = %s
            file 755 0:0 /sub/run = run
            file 644 0:0 /named = one
            file 644 0:0 /archive/sub/f = tar
            symlink /archive/out -> /etc
            """
                .formatted(first))
        .check(image);
  }

  @ParameterizedTest
  @MethodSource("users")
  void aRepositoryIsTheContext(TestUser user) throws Exception {
    String name = "context/" + user.name();
    String address = "git://" + server.authority() + "/repo.git#refs/heads/main#" + second;
    ExecutorResult result = run(user, name, "--context", address, "--git=recurse-submodules=true");
    assertThat(result.exitCode()).as(result.output()).isZero();
    Expectation.parse(
            """
            tree /all
            file 644 0:0 /all/.dockerignore
            dir 755 0:0 /all/dir
            file 755 0:0 /all/dir/run = run
            file 644 0:0 /all/file = two
            dir 755 0:0 /all/lib
            file 644 0:0 /all/lib/of-library = library
            symlink /all/link -> dir/run
            symlink /all/out -> /etc
            file 644 0:0 /ran = two
            """)
        .check(FlatImage.pull(registry, name, "it"));
  }

  @ParameterizedTest
  @MethodSource("users")
  void anArchiveIsTheContext(TestUser user) throws Exception {
    String name = "archive/" + user.name();
    ExecutorResult remote =
        run(user, name, "--context", server.url("tar.tar.gz"), "--context-sub-path", "sub");
    assertThat(remote.exitCode()).as(remote.output()).isZero();
    Expectation.parse("file 644 0:0 /f = tar\n").check(FlatImage.pull(registry, name, "it"));

    ExecutorResult out =
        run(user, name, "--context", server.url("tar.tar.gz"), "--context-sub-path", "out");
    assertThat(out.exitCode()).isEqualTo(2);
    assertThat(out.error()).contains("a symlink that leads out of the context");

    ExecutorResult wrong =
        run(user, name, "--context", "git://" + server.authority() + "/repo.git#nope");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.error()).contains("it has no branch, tag or ref nope");
  }

  @ParameterizedTest
  @MethodSource("users")
  void anObjectOfACloudIsTheContext(TestUser user) throws Exception {
    byte[] archive = Files.readAllBytes(root.resolve("tar.tar.gz"));
    try (StorageServer s3 = StorageServer.s3();
        CloudServer google = new CloudServer()) {
      s3.putS3("bucket", "dir/context.tar.gz", archive);
      Map<String, String> environment =
          Map.of(
              "S3_ENDPOINT",
              s3.url(),
              "S3_FORCE_PATH_STYLE",
              "true",
              "AWS_ACCESS_KEY_ID",
              StorageServer.S3_KEY,
              "AWS_SECRET_ACCESS_KEY",
              StorageServer.S3_SECRET,
              "AWS_REGION",
              "us-east-1",
              "STORAGE_EMULATOR_HOST",
              google.hostPort());
      String name = "s3/" + user.name();
      String[] flags = {"--context", "s3://bucket/dir/context.tar.gz", "--context-sub-path=sub"};
      ExecutorResult result = run(user, environment, name, flags);
      assertThat(result.exitCode()).as(result.output()).isZero();
      Expectation.parse("file 644 0:0 /f = tar\n").check(FlatImage.pull(registry, name, "it"));

      google.answer("GET /storage/v1/b/bucket/o/context.tar.gz", archive);
      name = "gs/" + user.name();
      result = run(user, environment, name, "-b", "bucket", "--context-sub-path", "sub");
      assertThat(result.exitCode()).as(result.output()).isZero();
      Expectation.parse("file 644 0:0 /f = tar\n").check(FlatImage.pull(registry, name, "it"));

      result = run(user, environment, name, "--context=gs://bucket/none");
      assertThat(result.exitCode()).isEqualTo(3);
      assertThat(result.error())
          .contains("the context gs://bucket/none, but 127.0.0.1 answers 404; check the name");
    }
  }

  @ParameterizedTest
  @MethodSource("users")
  void theDockerfileIsFetched(TestUser user) throws Exception {
    Path context = user.newDirectory();
    Files.writeString(context.resolve("f"), "of the context");
    user.own(context);
    String base = registryServer.hostPort() + "/base";
    try (CloudServer web = new CloudServer()) {
      web.answer("GET /Dockerfile", "FROM " + base + "\nRUN echo ran > /ran\nCOPY f /\n");
      String name = "fetched/" + user.name();
      String[] flags = {
        "--context", context.toString(), "--dockerfile", web.url() + "/Dockerfile?sig=hunter2"
      };
      ExecutorResult result = run(user, name, flags);
      assertThat(result.exitCode()).as(result.output()).isZero();
      Expectation.parse("file 644 0:0 /ran = ran\nfile 644 0:0 /f = of the context\n")
          .check(FlatImage.pull(registry, name, "it"));

      web.status(403);
      result = run(user, name, flags);
      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.error())
          .contains("/Dockerfile, but the server answers 403")
          .doesNotContain("hunter2");
    }
    TestUsers.delete(context);
  }

  @ParameterizedTest
  @MethodSource("users")
  void whatIsAddedMayNeedALogin(TestUser user) throws Exception {
    String token = "x-access-token:hunter2";
    String basic = Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8));
    try (GitServer git = GitServer.withTls(root, Optional.of("Basic " + basic));
        GitServer files = GitServer.withTls(root, Optional.of("Bearer hunter2"))) {
      String unnamed = whatIsAdded(user, git, git.url("repo.git"), "GIT_AUTH_TOKEN");
      assertThat(unnamed).isEqualTo("two");
      String named = "GIT_AUTH_TOKEN." + git.authority();
      assertThat(whatIsAdded(user, git, git.url("repo.git"), named)).isEqualTo("two");
      assertThat(whatIsAdded(user, git, git.url("repo.git"), "GIT_AUTH_TOKEN.other.example"))
          .contains("Dockerfile:2: tried to fetch")
          .contains("the server wants a login, or another one; give a credential");
      String file = "HTTP_AUTH_TOKEN_localhost";
      assertThat(whatIsAdded(user, files, files.url("tar.tar.gz"), file)).startsWith("\u001f");
      assertThat(whatIsAdded(user, files, files.url("tar.tar.gz"), "HTTP_AUTH_TOKEN_other"))
          .contains("Dockerfile:2: tried to download " + files.url("tar.tar.gz"))
          .contains("401; give a login for its host with --secret id=HTTP_AUTH_TOKEN_HOST");
    }
  }

  /** The file that ADD has made, or what the build said when it failed. */
  private static String whatIsAdded(TestUser user, GitServer from, String url, String secret)
      throws Exception {
    Path context = user.newDirectory();
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nADD " + url + " /all/\n");
    Files.writeString(context.resolve("secret"), "hunter2\n");
    from.writeTrust(context);
    user.own(context);
    String trust = "-Djavax.net.ssl.trustStore=" + context.resolve("trust.p12");
    Map<String, String> environment =
        Map.of("JAVA_TOOL_OPTIONS", trust + " -Djavax.net.ssl.trustStorePassword=changeit");
    String name = "login/" + user.name();
    String given = "id=" + secret + ",src=" + context.resolve("secret");
    ExecutorResult result =
        run(user, environment, name, "--context", context.toString(), "--secret", given);
    TestUsers.delete(context);
    assertThat(result.output()).doesNotContain("hunter2");
    if (result.exitCode() != 0) {
      return result.output();
    }
    FlatImage image = FlatImage.pull(registry, name, "it");
    String file = url.endsWith(".git") ? "all/file" : "all/tar.tar.gz";
    return image.files().get(file).text();
  }

  private static ExecutorResult run(TestUser user, String name, String... flags)
      throws IOException, InterruptedException {
    return run(user, Map.of("GIT_PULL_METHOD", "http"), name, flags);
  }

  private static ExecutorResult run(
      TestUser user, Map<String, String> environment, String name, String... flags)
      throws IOException, InterruptedException {
    ExecutorRun run = ExecutorRun.as(user);
    environment.forEach(run::environment);
    return run.args(flags)
        .args("--destination", registryServer.hostPort() + "/" + name + ":it")
        .args("--insecure-registry", registryServer.hostPort())
        .run();
  }
}
