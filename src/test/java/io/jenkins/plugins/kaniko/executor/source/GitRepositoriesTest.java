package io.jenkins.plugins.kaniko.executor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jenkins.plugins.kaniko.executor.testing.GitFixture;
import io.jenkins.plugins.kaniko.executor.testing.GitServer;
import io.jenkins.plugins.kaniko.executor.testing.ProxyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against git's own servers, with sound and with hostile repositories. */
class GitRepositoriesTest {
  private static final String SECRET = "hunter2";
  private static final String BASIC = HttpConnections.basic("me:" + SECRET);

  @TempDir static Path root;
  private static GitServer http;
  private static GitServer https;
  private static GitFixture repository;
  private static String first;
  private static String second;
  private static String file;

  @TempDir Path temporary;
  private Path target;

  @BeforeAll
  static void makeRepositories() throws IOException {
    GitFixture library = new GitFixture(root.resolve("team/library.git"));
    String libraryCommit =
        library.commit("main", library.tree("100644 of-library", library.blob("library")));
    repository = new GitFixture(root.resolve("team/repo.git"));
    file = repository.blob("one");
    String modules = repository.blob("[submodule \"x\"]\n\tpath = lib\n\turl = ../library.git\n");
    first = repository.commit("main", repository.tree("100644 file", file));
    String below = repository.tree("100755 run", repository.blob("#!/bin/sh\n"));
    String tree =
        repository.tree(
            "100644 .gitattributes",
            repository.blob("* text eol=crlf filter=evil ident\n"),
            "100644 .gitmodules",
            modules,
            "40000 dir",
            below,
            "100644 file",
            repository.blob("two\n$Id$\n"),
            "160000 lib",
            libraryCommit,
            "120000 link",
            repository.blob("dir/run"));
    second = repository.commit("main", tree, first);
    repository.commit("feature/x", repository.tree("100644 of-branch", file));
    repository.run("", "tag", "-a", "-m", "t", "v1", first);
    repository.run("", "tag", "light", first);
    repository.run("", "update-ref", "refs/pull/7/head", first);
    http = GitServer.start(root);
    https = GitServer.withTls(root, Optional.of(BASIC));
  }

  @AfterAll
  static void stop() {
    http.close();
    https.close();
  }

  @BeforeEach
  void makeTarget() throws IOException {
    target = Files.createDirectory(temporary.resolve("target"));
  }

  @Test
  void theFilesAreThoseOfTheCommitByteByByte() throws Exception {
    GitRepositories.Checkout checkout = checkOut(http.url("team/repo.git"), true, false);

    assertThat(checkout.commit()).isEqualTo(second);
    assertThat(files(target))
        .containsExactly(
            ".gitattributes",
            ".gitmodules",
            "dir",
            "dir/run",
            "file",
            "lib",
            "lib/of-library",
            "link");
    assertThat(target.resolve("file")).hasContent("two\n$Id$\n");
    assertThat(mode(target.resolve("file"))).isEqualTo(0644);
    assertThat(mode(target.resolve("dir/run"))).isEqualTo(0755);
    assertThat(mode(target.resolve("dir"))).isEqualTo(0755);
    assertThat(Files.readSymbolicLink(target.resolve("link"))).hasToString("dir/run");
    for (String name : List.of("file", "dir", "link", "lib/of-library")) {
      assertThat(time(target.resolve(name))).as(name).isEqualTo(GitFixture.TIME);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'',SECOND",
    "#main,SECOND",
    "#v1,FIRST",
    "#light,FIRST",
    "#refs/heads/main,SECOND",
    "#refs/pull/7/head,FIRST",
    "#pull/7/head,FIRST",
    "#FIRST,FIRST",
    "#SHORT,FIRST",
    "?tag=v1,FIRST",
    "?branch=main,SECOND",
    "?ref=v1&commit=FIRST,FIRST",
    "?tag=v1&checksum=SHORT,FIRST",
    "?commit=FIRST,FIRST",
    "?commit=SHORT,FIRST",
    "?branch=main&commit=FIRST&fetch-by-commit=true,FIRST",
    "?branch=main&mtime=commit&submodules=0,SECOND",
  })
  void aRefOrACommitIsFound(String suffix, String expected) throws Exception {
    String text = suffix.replace("FIRST", first).replace("SHORT", first.substring(0, 8));
    GitRepositories.Checkout checkout = checkOut(http.url("team/repo.git") + text, false, false);
    assertThat(checkout.commit()).isEqualTo(expected.equals("FIRST") ? first : second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          team/repo.git#nope               | it has no branch, tag or ref nope
          team/repo.git?branch=v1          | it has no branch, tag or ref refs/heads/v1
          team/repo.git?tag=v1&commit=dead0000 | and not dead0000
          team/repo.git#deadbeef           | no branch and no tag has the commit deadbeef
          team/repo.git#0123456789012345678901234567890123456789 | no branch and no tag has the commit
          team/repo.git#:nope              | there is no such directory
          team/repo.git#:link              | there is no such directory
          team/none.git                    | not found
          """)
  void whatIsNotThereIsSaid(String path, String message) {
    assertThatThrownBy(() -> checkOut(http.url(path), false, false))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aDirectoryOfTheRepositoryMayBeMeant() throws Exception {
    assertThat(files(checkOut(http.url("team/repo.git#main:dir"), false, false).directory()))
        .containsExactly("run");
    assertThat(GitAddress.parse("https://h/r.git?subdir=/a/./b/").subdirectory()).contains("a/b");
  }

  @Test
  void theHistoryIsNotFetched() throws Exception {
    checkOut(http.url("team/repo.git"), true, true);

    try (Stream<Path> all = Files.walk(target.resolve(".git"))) {
      assertThat(all).allMatch(path -> time(path) == GitFixture.TIME);
    }
    assertThat(git("rev-list", "--count", "HEAD")).isEqualTo("1");
    assertThat(git("status", "--porcelain")).isEmpty();
    assertThat(git("rev-parse", "HEAD")).isEqualTo(second);
    assertThat(git("remote", "get-url", "origin")).isEqualTo(http.url("team/repo.git"));
    assertThat(git("submodule", "status")).doesNotContain("+").contains("lib");
    assertThat(git("fsck", "--strict")).doesNotContain("error");
    assertThat(target.resolve(".git/hooks")).doesNotExist();
  }

  @Test
  void theDaemonServesToo() throws Exception {
    int port = freePort();
    Process daemon =
        new ProcessBuilder(
                "git",
                "-c",
                "safe.directory=*",
                "daemon",
                "--listen=127.0.0.1",
                "--port=" + port,
                "--base-path=" + root,
                "--export-all",
                "--reuseaddr",
                root.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      awaitListening(port, daemon);
      String url = "git://localhost:" + port + "/team/repo.git#v1";
      assertThat(checkOut(url, false, false).commit()).isEqualTo(first);
    } finally {
      daemon.descendants().forEach(ProcessHandle::destroy);
      daemon.destroy();
      daemon.waitFor();
    }
  }

  @Test
  void sshLogsInWithTheKeyAtKnownHostsAlone() throws Exception {
    Path home = Files.createDirectories(temporary.resolve("home"));
    Path key = home.resolve("key");
    Process making =
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", key.toString())
            .start();
    assertThat(making.waitFor()).isZero();
    try (SshGitServer server = SshGitServer.start(Files.readString(Path.of(key + ".pub")))) {
      GitAddress address = GitAddress.parse(server.url(root.resolve("team/repo.git")) + "#v1");
      GitSettings settings =
          new GitSettings(
              host -> Optional.empty(),
              Optional.of(List.of(key)),
              false,
              uri -> Optional.empty(),
              Map.of("HOME", home.toString()));
      assertThatThrownBy(
              () ->
                  new GitRepositories(settings, Files.createTempDirectory(temporary, "objects"))
                      .checkOut(address, false, false, target))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("known_hosts");

      Files.createDirectory(home.resolve(".ssh"));
      Files.writeString(home.resolve(".ssh/known_hosts"), server.knownHost());
      GitRepositories.Checkout checkout =
          new GitRepositories(settings, Files.createTempDirectory(temporary, "objects"))
              .checkOut(address, false, false, target);
      assertThat(checkout.commit()).isEqualTo(first);
    }
  }

  @Tag("S28")
  @Test
  void aCredentialGoesToItsHostByTlsAlone() throws Exception {
    GitAddress address = GitAddress.parse(https.url("team/repo.git"));
    GitSettings settings = settings(host -> Optional.of(BASIC), true);
    new GitRepositories(settings, temporary).checkOut(address, true, true, target);

    assertThat(https.authorizations()).contains(BASIC);
    try (Stream<Path> all = Files.walk(target.resolve(".git"))) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1);
        assertThat(text).doesNotContain(SECRET).doesNotContain(BASIC.substring(6));
      }
    }
    int before = http.authorizations().size();
    Path other = Files.createDirectory(temporary.resolve("other"));
    GitAddress plain = GitAddress.parse(http.url("team/repo.git"));
    new GitRepositories(settings, Files.createDirectory(temporary.resolve("s")))
        .checkOut(plain, false, false, other);
    assertThat(http.authorizations().subList(before, http.authorizations().size()))
        .containsOnly("none");
  }

  @Tag("S28")
  @Test
  void aRedirectTakesNoCredentialToAnotherHost() throws Exception {
    try (GitServer stranger = GitServer.withTls(root, Optional.empty())) {
      GitServer own = GitServer.withTls(root, Optional.empty());
      own.movedTo(stranger.url(""));
      String with = own.url("moved/team/repo.git").replace("//", "//me:" + SECRET + "@");
      GitSettings settings = settings(host -> Optional.empty(), true);
      GitRepositories.Checkout checkout =
          new GitRepositories(settings, temporary)
              .checkOut(GitAddress.parse(with), false, false, target);
      own.close();

      assertThat(checkout.commit()).isEqualTo(second);
      assertThat(own.authorizations()).containsOnly(BASIC);
      assertThat(stranger.authorizations()).containsOnly("none");
    }
  }

  @Test
  void aProxyLeadsToRepositoriesWithItsOwnLogin() throws Exception {
    try (ProxyServer proxy = ProxyServer.withLogin("me", SECRET)) {
      URI known = URI.create("http://" + proxy.hostPort());
      GitSettings.Proxy way =
          new GitSettings.Proxy(
              InetSocketAddress.createUnresolved(known.getHost(), known.getPort()),
              Optional.of(BASIC));
      GitSettings settings =
          new GitSettings(
              host -> Optional.of(BASIC),
              Optional.empty(),
              true,
              uri -> Optional.of(way),
              Map.of());
      for (GitServer server : List.of(http, https)) {
        makeAnew();
        new GitRepositories(settings, Files.createTempDirectory(temporary, "objects"))
            .checkOut(GitAddress.parse(server.url("team/repo.git")), true, false, target);
        assertThat(target.resolve("lib/of-library")).hasContent("library");
      }
      assertThat(proxy.requests())
          .contains("CONNECT " + https.authority())
          .anyMatch(line -> line.startsWith("GET " + http.url("team/library.git")));
    }
  }

  @Test
  void aRepositoryOfTheNewHashIsRefusedByName() throws Exception {
    Path bare = root.resolve("new.git");
    git("init", "-q", "--bare", "--object-format=sha256", bare.toString());
    String tree = git("--git-dir=" + bare, "mktree", "--missing", "-z");
    git("--git-dir=" + bare, "update-ref", "refs/heads/main", commitOf(bare, tree));
    assertThatThrownBy(() -> checkOut(http.url("new.git#main"), false, false))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void noFailureTellsASecret() {
    String wrong = https.url("team/repo.git").replace("//", "//you:" + SECRET + "@");
    for (String url :
        List.of(
            wrong,
            http.url("team/none.git").replace("//", "//you:" + SECRET + "@"),
            "https://you:" + SECRET + "@localhost:1/x.git#a?b",
            "https://you:" + SECRET + "@localhost:1/x.git?token=" + SECRET)) {
      Throwable failure =
          catchThrowable(
              () ->
                  new GitRepositories(
                          settings(host -> Optional.empty(), true),
                          Files.createTempDirectory(temporary, "objects"))
                      .checkOut(GitAddress.parse(url), false, false, target));
      assertThat(failure).isInstanceOf(SourceException.class);
      for (Throwable at = failure; at != null; at = at.getCause()) {
        assertThat(at.toString()).doesNotContain(SECRET);
      }
    }
  }

  @Test
  void anUntrustedCertificateIsRefused() {
    assertThatThrownBy(() -> checkOut(https.url("team/repo.git"), false, false))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("certif");
  }

  @Tag("S27")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "100644 ..",
        "100644 .",
        "100644 .git",
        "100644 .GIT",
        "40000 .Git",
        "100644 git~1",
        "100644 ../../evil",
        "100644 /evil",
        "100644 dir/evil",
        "100644 .g\u200cit",
        "20000 odd"
      })
  void aHostileNameOrTypeIsRefused(String entry) throws Exception {
    GitFixture hostile =
        new GitFixture(root.resolve("hostile/" + temporary.getFileName() + ".git"));
    String object =
        entry.startsWith("4") ? hostile.tree("100644 x", hostile.blob("x")) : hostile.blob("x");
    hostile.commit("main", hostile.tree(entry, object));
    String url = http.url("hostile/" + temporary.getFileName() + ".git");

    assertThatThrownBy(() -> checkOut(url, false, false))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("damaged or hostile");
    assertThat(files(temporary)).noneMatch(name -> name.endsWith("evil"));
  }

  @Tag("S27")
  @Test
  void nothingIsWrittenThroughALink() throws Exception {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    GitFixture hostile = new GitFixture(root.resolve("hostile/through.git"));
    String link = hostile.blob(outside.toString());
    String below = hostile.tree("100644 evil", hostile.blob("x"));
    hostile.commit("main", hostile.tree("120000 a", link, "40000 a", below));
    hostile.commit("other", hostile.tree("40000 a", below, "120000 a", link));
    hostile.commit("case", hostile.tree("120000 A", link, "40000 a", below));

    for (String branch : List.of("main", "other")) {
      assertThatThrownBy(() -> checkOut(http.url("hostile/through.git#" + branch), false, false))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("two of that name");
      makeAnew();
    }
    checkOut(http.url("hostile/through.git#case"), false, false);
    assertThat(outside).isEmptyDirectory();
  }

  @Tag("S27")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc",
        "/etc",
        "--upload-pack=touch evil",
        "-u:evil",
        "ext::sh -c evil",
        "ssh://-oProxyCommand=x/y",
        "../../../../../etc",
        "git@-oProxyCommand=x:y",
        "https://",
        "amazon-s3://x/y",
        "a b"
      })
  void aHostileSubmoduleIsRefused(String url) throws Exception {
    GitFixture hostile =
        new GitFixture(root.resolve("modules/" + temporary.getFileName() + ".git"));
    String modules =
        hostile.blob("[submodule \"../../x\"]\n\tpath = lib\n\turl = \"" + url + "\"\n");
    hostile.commit("main", hostile.tree("100644 .gitmodules", modules, "160000 lib", first));
    String address = http.url("modules/" + temporary.getFileName() + ".git");

    assertThatThrownBy(() -> checkOut(address, true, true)).isInstanceOf(SourceException.class);
    makeAnew();
    assertThat(checkOut(address + "?submodules=false", false, false).directory().resolve("lib"))
        .isEmptyDirectory();
  }

  @Test
  void aRepositoryInItselfEnds() throws Exception {
    GitFixture circle = new GitFixture(root.resolve("circle.git"));
    String modules = circle.blob("[submodule \"x\"]\n\tpath = x\n\turl = ./../circle.git\n");
    String commit =
        circle.commit("main", circle.tree("100644 .gitmodules", modules, "160000 x", first));
    circle.commit("main", circle.tree("100644 .gitmodules", modules, "160000 x", commit));
    assertThatThrownBy(() -> checkOut(http.url("circle.git"), true, false))
        .isInstanceOf(SourceException.class);
  }

  private GitRepositories.Checkout checkOut(String url, boolean recurse, boolean keep)
      throws Exception {
    GitRepositories repositories =
        new GitRepositories(
            settings(host -> Optional.empty(), false),
            Files.createTempDirectory(temporary, "objects"));
    return repositories.checkOut(GitAddress.parse(url), recurse, keep, target);
  }

  private static GitSettings settings(GitSettings.Authorization authorization, boolean skipTls) {
    return new GitSettings(
        authorization, Optional.empty(), skipTls, uri -> Optional.empty(), Map.of());
  }

  private void makeAnew() throws IOException {
    target = Files.createTempDirectory(temporary, "target");
  }

  private String git(String... words) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "git",
                "-c",
                "safe.directory=*",
                "-c",
                "core.autocrlf=false",
                "-C",
                target.toString()));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  private String commitOf(Path bare, String tree) throws Exception {
    return git(
        "-c",
        "user.name=a",
        "-c",
        "user.email=b",
        "--git-dir=" + bare,
        "commit-tree",
        "-m",
        "x",
        tree);
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(path -> !path.equals(directory))
          .map(path -> directory.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  private static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode") & 07777;
  }

  private static long time(Path path) {
    try {
      return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis() / 1000;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitListening(int port, Process process) throws Exception {
    while (true) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(20);
      }
    }
  }
}
