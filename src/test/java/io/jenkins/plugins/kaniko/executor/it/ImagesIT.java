package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.kaniko.executor.testing.Container;
import io.jenkins.plugins.kaniko.executor.testing.Container.Seccomp;
import io.jenkins.plugins.kaniko.executor.testing.ImageContainer;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The images of {@code images/}, built once by the executor on a Debian made from packages, and run
 * as Docker runs them. {@code -Dimages.base=IMAGE} names a Debian that is there already.
 */
class ImagesIT {
  private static final List<String> CASES =
      List.of(
          "base-stacked-docker",
          "copy-existing",
          "copy-from",
          "copy-replaces",
          "from-stage-result",
          "onbuild",
          "run-environment",
          "run-heredocs",
          "run-users",
          "workdir");

  private static RegistryServer server;
  private static RegistryClient registry;
  private static TestUser root;
  private static Path scratch;
  private static Executor executor;

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    root = TestUsers.root();
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    scratch = root.newDirectory();
    executor = new Executor(root);
    BaseImageSet.push(registry);
    List<String> words =
        new ArrayList<>(List.of("images/build", "--destination", server.hostPort() + "/images"));
    words.addAll(List.of("--base", base(), "executor", "debug", "agent", "--"));
    words.addAll(List.of("--cache", "--cache-repo=local"));
    words.addAll(
        List.of("--insecure-registry", server.hostPort(), "--insecure-registry", "127.0.0.1:5000"));
    words.addAll(List.of("--store-dir", scratch.resolve("store").toString()));
    Commands.run(Path.of("."), Map.of(), words).succeeded();
    unpack("executor");
    unpack("debug");
    unpack("agent");
  }

  private static String base() throws IOException, InterruptedException {
    String given = System.getProperty("images.base", "");
    if (!given.isEmpty()) {
      return given;
    }
    Path context = Files.createDirectory(scratch.resolve("base"));
    List<String> words =
        new ArrayList<>(List.of("mmdebstrap", "--variant=minbase", "--mode=root", "bookworm"));
    words.add(context.resolve("debian.tar").toString());
    Path sources = Path.of("/etc/apt/sources.list.d/debian.sources");
    if (Files.exists(sources)) {
      words.add(sources.toString());
    }
    Commands.must(words.toArray(String[]::new));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nADD debian.tar /\n");
    String image = server.hostPort() + "/debian:base";
    List<String> flags = List.of("--context", context.toString(), "--destination", image);
    List<String> all = new ArrayList<>(flags);
    all.addAll(List.of("--insecure-registry", server.hostPort()));
    executor.run(all).succeeded();
    return image;
  }

  private static void unpack(String name) throws IOException, InterruptedException {
    String tag = registryTag();
    String layout = "oci:" + scratch.resolve("layout") + ":" + name;
    String image = "docker://" + server.hostPort() + "/images/" + name + ":" + tag;
    Commands.must("skopeo", "copy", "-q", "--src-tls-verify=false", image, layout);
    Path target = scratch.resolve(name);
    Commands.must(
        "umoci", "unpack", "--image", layout.substring("oci:".length()), target.toString());
    Files.writeString(
        target.resolve("config.json"),
        Commands.must("skopeo", "inspect", "--config", "--tls-verify=false", image));
  }

  private static String registryTag() {
    String jar = Path.of(System.getProperty("executor.jar")).getFileName().toString();
    return jar.substring("kaniko-build-".length(), jar.length() - "-executor.jar".length());
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
      executor.close();
      TestUsers.delete(scratch);
    }
  }

  private static ImageContainer container(String name) throws IOException {
    return new ImageContainer(Container.docker(root), scratch.resolve(name));
  }

  private static Commands.Result run(List<String> words) throws IOException, InterruptedException {
    return Commands.run(Path.of("/"), Map.of(), words);
  }

  private static Path repository(String dockerfile) throws IOException {
    Path context = root.newDirectory();
    Files.writeString(
        context.resolve("Dockerfile"), dockerfile.replace("@REGISTRY@", server.hostPort()));
    return context;
  }

  private List<String> flags(Path context, String destination) {
    return List.of(
        "--context",
        context.toString(),
        "--destination",
        server.hostPort() + "/" + destination,
        "--insecure-registry",
        server.hostPort());
  }

  @Test
  void theCallOfTheAncestorWorksToTheLetter() throws Exception {
    try (RegistryServer locked = RegistryServer.withPassword();
        ImageContainer container = container("executor")) {
      Path context =
          repository(
              """
              FROM @REGISTRY@/base AS first
              RUN echo made >/made && test -e /proc/self/status && test ! -e /usr/bin/made
              FROM @REGISTRY@/base
              COPY --from=first /made /usr/bin/made
              RUN cat /usr/bin/made >/seen && test ! -e /made
              """);
      Path credentials = root.newDirectory();
      String login = RegistryServer.USER + ":" + RegistryServer.PASSWORD;
      Files.writeString(
          credentials.resolve("config.json"),
          "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
              .formatted(
                  locked.hostPort(),
                  Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8))));
      String call =
          "/kaniko/executor --context $(pwd) --dockerfile $(pwd)/Dockerfile --destination %1$s/a:1"
              + " --destination %1$s/b:2 --force --insecure --insecure-registry %1$s"
              + " --insecure-registry %2$s";
      container.volume(context, "/repository").volume(credentials, "/kaniko/.docker");
      container.workdir("/repository");
      Commands.Result result =
          run(
              container.command(
                  List.of(
                      "/kaniko/bin/sh",
                      "-c",
                      call.formatted(locked.hostPort(), server.hostPort()))));
      assertThat(result.succeeded().output()).contains("sandbox: in place (").contains("pushed ");
      assertThat(container.rootfs().resolve("seen")).doesNotExist();
      assertThat(container.rootfs().resolve("bin")).doesNotExist();
      assertThat(context.resolve("Dockerfile")).exists();
    }
  }

  /** As GitLab does it: no entry point, and a script for the shell that is first on the PATH. */
  @Test
  void aJobOfGitLabRunsItsScriptInTheDebugImage() throws Exception {
    Path context = repository("FROM @REGISTRY@/base\nRUN echo made >/made\n");
    String script =
        """
        set -eu
        mkdir -p /kaniko/.docker
        echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{\\"auth\\":\\"$(printf '%s:%s' u p | base64 | tr -d '\\n')\\"}}}" >/kaniko/.docker/config.json
        /kaniko/executor --context "${CI_PROJECT_DIR}" --dockerfile "${CI_PROJECT_DIR}/Dockerfile" \\
          --destination "${CI_REGISTRY}/gitlab:it" --insecure-registry "${CI_REGISTRY}"
        """;
    try (ImageContainer container = container("debug")) {
      container.volume(context, "/builds/team/app").env("CI_PROJECT_DIR", "/builds/team/app");
      container.env("CI_REGISTRY", server.hostPort());
      run(container.command(List.of("/busybox/sh", "-c", script))).succeeded();
      FlatImage image = FlatImage.pull(registry, "gitlab", "it");
      assertThat(image.files().get("made").text()).isEqualTo("made\n");
      assertThat(image.files()).doesNotContainKey("busybox/sh").doesNotContainKey("builds");
    }
  }

  static List<Case> cases() {
    return Case.all().stream().filter(each -> CASES.contains(each.name())).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void whatIsBuiltInPlaceIsTheSame(Case each) throws Exception {
    Path context = each.context(executor, server.hostPort());
    try (ImageContainer container = container("executor")) {
      container.volume(context, context.toString());
      String repository = "in-place/" + each.name();
      List<String> flags = new ArrayList<>(flags(context, repository + ":it"));
      flags.addAll(each.args(server.hostPort(), context));
      run(container.run(flags)).succeeded();
      each.expected(server.hostPort()).check(FlatImage.pull(registry, repository, "it"));
    } finally {
      TestUsers.delete(context);
    }
  }

  @Test
  void rootOfAUserNamespaceBuildsInPlace() throws Exception {
    Path context = repository("FROM @REGISTRY@/base\nRUN chown 7:8 /bin && id >/id\n");
    Container like = Container.docker(root).inUserNamespace();
    try (ImageContainer container = new ImageContainer(like, scratch.resolve("executor"))) {
      container.volume(context, "/repository");
      Commands.Result result = run(container.run(flags(Path.of("/repository"), "mapped:it")));
      assertThat(result.succeeded().output()).contains("sandbox: in place (");
    }
  }

  /** S3, S6, S7, S9 as far as they go in place, S12. */
  @Test
  void aStepInPlaceHasNoMoreThanIsPromisedAndLeavesNothing() throws Exception {
    Path context =
        repository(
            """
            FROM @REGISTRY@/base
            RUN grep -q '^CapBnd:.*00000000a80405fb' /proc/self/status || grep CapBnd /proc/self/status | grep -q 00000000a80405fb
            RUN env >/environment; ls /proc/self/fd | wc -l >/descriptors
            USER app
            RUN grep -q '^CapEff:.*0000000000000000' /proc/self/status && id -u | grep -x 1000
            USER root
            RUN setsid sleep 86431 </dev/null >/dev/null 2>&1 & sleep 86432 & echo started
            RUN ! ps -o args | grep 'sleep 8643[0-9]'
            RUN --mount=type=secret,id=token grep -x hidden /run/secrets/token >/dev/null
            RUN test ! -e /run/secrets/token
            RUN rm -rf /bin /usr /etc/passwd; exit 0
            """);
    try (ImageContainer container = container("executor")) {
      container.volume(context, "/repository").env("SECRET_OF_THE_CONTAINER", "x");
      Files.writeString(context.resolve("token"), "hidden\n");
      List<String> flags = new ArrayList<>(flags(Path.of("/repository"), "hostile:it"));
      flags.add("--secret=id=token,src=/repository/token");
      run(container.run(flags)).succeeded();
      FlatImage image = FlatImage.pull(registry, "hostile", "it");
      assertThat(image.files()).doesNotContainKey("kaniko").doesNotContainKey("repository");
      assertThat(image.files()).doesNotContainKey("run/secrets/token");
      assertThat(image.files().get("environment").text()).doesNotContain("SECRET_OF");
      assertThat(run(container.run(List.of("--version"))).exitCode()).isZero();
    }
  }

  /** This is what the warning is about; it is here so that nobody believes otherwise. */
  @Test
  void theContainerIsOpenToAStepInPlace() throws Exception {
    Path context =
        repository("FROM @REGISTRY@/base\nRUN cat /kaniko/.docker/config.json >/stolen\n");
    try (ImageContainer container = container("executor")) {
      Files.writeString(container.rootfs().resolve("kaniko/.docker/config.json"), "{\"auths\":{}}");
      container.volume(context, "/repository");
      run(container.run(flags(Path.of("/repository"), "open:it"))).succeeded();
      assertThat(FlatImage.pull(registry, "open", "it").files()).containsKey("stolen");
    }
  }

  @Test
  void whatWouldBeLostOrDestroyedIsRefused() throws Exception {
    Path context =
        repository("FROM @REGISTRY@/base\nRUN true\nCOPY Dockerfile /repository/Dockerfile.copy\n");
    try (ImageContainer container = container("executor")) {
      container.volume(context, "/repository");
      Commands.Result result = run(container.run(flags(Path.of("/repository"), "lost:it")));
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.output())
          .contains("Dockerfile:3: tried to write /repository, but the image is built in place");
      assertThat(context.resolve("Dockerfile.copy")).doesNotExist();
      List<String> named = new ArrayList<>(flags(Path.of("/repository"), "lost:it"));
      named.addAll(List.of("--isolation", "in-place"));
      Path marker = container.rootfs().resolve("kaniko/.image");
      String script =
          "/kaniko/bin/sh -c 'while :; do :; done' agent.jar & /kaniko/executor "
              + String.join(" ", named);
      assertThat(run(container.command(List.of("/kaniko/bin/sh", "-c", script))).output())
          .contains("but a Jenkins agent runs in this container");
      Files.delete(marker);
      assertThat(run(container.run(named)).output())
          .contains("this is not a container of the executor's own image");
    }
  }

  @Test
  void theAgentBuildsAsAnOrdinaryUser() throws Exception {
    Path context = repository("FROM @REGISTRY@/base\nRUN chown 7:8 /bin && id -u >/id\n");
    TestUser jenkins = new TestUser("jenkins", 1000, 1000);
    Container like = Container.docker(jenkins).with(Seccomp.UNCONFINED).unmasked();
    try (ImageContainer container = new ImageContainer(like, scratch.resolve("agent"))) {
      container.volume(context, "/repository");
      List<String> words = new ArrayList<>(List.of("kaniko-build"));
      words.addAll(flags(Path.of("/repository"), "rootless:it"));
      Commands.Result result = run(container.run(words));
      assertThat(result.succeeded().output()).contains("sandbox: sub-id user namespace");
    }
  }

  @Test
  void theAgentFetchesItsProgramAndKeepsTheContract() throws Exception {
    HttpServer controller =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] jar = printingJar();
    List<String> asked = new ArrayList<>();
    controller.createContext(
        "/jenkins/jnlpJars/agent.jar",
        exchange -> {
          asked.add(String.valueOf(exchange.getRequestHeaders().getFirst("If-Modified-Since")));
          boolean known = exchange.getRequestHeaders().containsKey("If-Modified-Since");
          exchange.getResponseHeaders().set("Last-Modified", "Sun, 13 Sep 2020 12:26:40 GMT");
          exchange.sendResponseHeaders(known ? 304 : 200, known ? -1 : jar.length);
          if (!known) {
            exchange.getResponseBody().write(jar);
          }
          exchange.close();
        });
    controller.start();
    String url = "http://127.0.0.1:" + controller.getAddress().getPort() + "/jenkins/";
    TestUser jenkins = new TestUser("jenkins", 1000, 1000);
    try (ImageContainer container =
        new ImageContainer(Container.docker(jenkins), scratch.resolve("agent"))) {
      container.env("JENKINS_URL", url).env("JENKINS_SECRET", "s3cret");
      container.env("JENKINS_AGENT_NAME", "one").env("JENKINS_WEB_SOCKET", "true");
      container.env("JENKINS_TUNNEL", "tunnel:1").env("JENKINS_JAVA_OPTS", "-Da=b -Dc=d");
      String first = run(container.run(List.of())).succeeded().output();
      assertThat(first)
          .contains("-url " + url + " -tunnel tunnel:1 -webSocket -secret @")
          .contains(" -name one -workDir /home/jenkins/agent secret=s3cret b d")
          .doesNotContain("-secret s3cret");
      String second =
          run(container.run(List.of("-noReconnect", "positional", "two"))).succeeded().output();
      assertThat(second)
          .contains("-noReconnect -url")
          .contains("-name two")
          .contains("=positional");
      assertThat(asked).containsExactly("null", "Sun, 13 Sep 2020 12:26:40 GMT");
      container.env("JENKINS_AGENT_SHA256", "0".repeat(64));
      Commands.Result wrong = run(container.run(List.of()));
      assertThat(wrong.exitCode()).isEqualTo(1);
      assertThat(wrong.output()).contains("is not the agent.jar that is asked for");
    } finally {
      controller.stop(0);
    }
  }

  /** Prints its arguments, the content of the file of the secret, and two properties. */
  private static byte[] printingJar() throws Exception {
    Path directory = root.newDirectory();
    Path source =
        Files.writeString(
            directory.resolve("Show.java"),
            """
            public class Show {
              public static void main(String[] args) throws Exception {
                String secret = args[java.util.Arrays.asList(args).indexOf("-secret") + 1].substring(1);
                System.out.println(String.join(" ", args) + " secret="
                    + java.nio.file.Files.readString(java.nio.file.Path.of(secret)) + " "
                    + System.getProperty("a") + " " + System.getProperty("c"));
              }
            }
            """);
    Commands.must(
        System.getProperty("java.home") + "/bin/javac",
        "-d",
        directory.toString(),
        source.toString());
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Show");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
      jar.putNextEntry(new ZipEntry("Show.class"));
      jar.write(Files.readAllBytes(directory.resolve("Show.class")));
    }
    return bytes.toByteArray();
  }
}
