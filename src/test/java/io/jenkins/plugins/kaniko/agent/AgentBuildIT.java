package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.when;

import com.sun.net.httpserver.HttpServer;
import hudson.AbortException;
import hudson.remoting.Channel;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.File;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mockito.MockedStatic;

/** Builds with the packaged executor, without Jenkins. */
class AgentBuildIT {
  private static final RegistryLogin NO_LOGIN = new RegistryLogin("other.example", "u", "hidden");

  @Test
  void aBuildIsPushedAndItsResultComesBack() throws Exception {
    try (RegistryServer registry = RegistryServer.withPassword();
        Agent agent = Agent.create()) {
      agent.busybox("RUN echo built by $(busybox id -u) || /bin/busybox echo built");
      String image = registry.hostPort() + "/team/app:1";
      AgentResult result =
          agent.build(
              agent
                  .request("--destination", image, "--insecure-registry", registry.hostPort())
                  .credentials(
                      List.of(
                          new RegistryLogin(
                              registry.hostPort(), RegistryServer.USER, RegistryServer.PASSWORD))));
      assertThat(result.digest()).isEqualTo(digestOf(registry, "team/app", "1"));
      assertThat(result.references()).containsExactly(image + "@" + result.digest());
      assertThat(result.tags()).containsExactly("1");
      assertThat(result.pushed()).isTrue();
      assertThat(result.layers()).isNotEmpty();
      assertThat(result.steps()).hasSize(4);
      assertThat(agent.log())
          .contains("[stage-0 4/4] RUN echo built", "[stage-0 4] ", "pushed " + image)
          .doesNotContain(RegistryServer.PASSWORD, "{\"event\"");
      assertThat(agent.credentials()).isEmpty();
    }
  }

  @Test
  void secretsAreMaskedInTheOutputOfCommands() throws Exception {
    try (Agent agent = Agent.create()) {
      agent.busybox(
          "ARG TOKEN",
          "RUN echo plain $TOKEN",
          "RUN busybox() { /bin/busybox \"$@\"; }; echo -n user:$TOKEN | busybox base64",
          "RUN echo broken ${TOKEN%def123}; echo def123");
      agent.build(
          agent
              .request("--no-push", "--build-arg", "TOKEN")
              .environment(Map.of("TOKEN", "s3cret-abcdef123"))
              .masked(List.of("s3cret-abcdef123")));
      assertThat(agent.log())
          .contains("plain ****\n", "broken ****\n")
          .doesNotContain("s3cret", "] def123");
      assertThat(agent.log())
          .doesNotContain(
              Base64.getEncoder()
                  .withoutPadding()
                  .encodeToString("user:s3cret-abcdef12".getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void secretsAndKeysReachTheCommandsThatNameThem() throws Exception {
    try (Agent agent = Agent.create()) {
      Path key = agent.root().resolve("key");
      Process keygen =
          new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())
              .start();
      assertThat(keygen.waitFor()).isZero();
      agent.busybox(
          "RUN --mount=type=secret,id=npm"
              + " [ \"$(/bin/busybox cat /run/secrets/npm)\" = t0ken-of-npm ]",
          "RUN --mount=type=ssh [ -S \"$SSH_AUTH_SOCK\" ] && [ ! -e /run/secrets/npm ]");
      agent.build(
          agent
              .request("--no-push")
              .secretFiles(
                  List.of(new SecretFile("npm", "t0ken-of-npm".getBytes(StandardCharsets.UTF_8))))
              .sshKeys(List.of(new SecretFile("default", Files.readAllBytes(key)))));
      assertThat(agent.log()).doesNotContain("t0ken-of-npm");
      assertThat(agent.credentials()).isEmpty();
    }
  }

  @Test
  void aFailureIsOneSentenceWithItsPlace() throws Exception {
    try (Agent agent = Agent.create()) {
      agent.dockerfile("FROM scratch", "COPY missing /");
      assertThatThrownBy(() -> agent.build(agent.request("--no-push")))
          .isInstanceOf(AbortException.class)
          .hasMessageStartingWith("the build failed: Dockerfile:2: ")
          .hasMessageContaining("missing");
      assertThatThrownBy(() -> agent.build(agent.request("--no-pusch")))
          .hasMessageContaining("the executor cannot use its arguments: tried to read flag");
      agent.dockerfile("FROM localhost:1/none");
      assertThatThrownBy(() -> agent.build(agent.request("--no-push")))
          .hasMessageStartingWith("a registry or its credentials failed: ");
      assertThat(agent.credentials()).isEmpty();
    }
  }

  @Test
  void anInterruptEndsTheWholeTree() throws Exception {
    try (Agent agent = Agent.create()) {
      agent.busybox("RUN /bin/busybox sleep 4711.11");
      Build build = new Build(() -> agent.build(agent.request("--no-push")));
      Agent.await(() -> !Agent.processes("4711.11").isEmpty() && agent.log().contains("RUN"));
      build.thread.interrupt();
      build.thread.interrupt();
      assertThat(build.failure()).isInstanceOf(InterruptedException.class);
      assertThat(Agent.processes("4711.11")).isEmpty();
      assertThat(Agent.processes(agent.root().toString())).isEmpty();
      assertThat(agent.credentials()).isEmpty();
    }
  }

  /** As on an agent: what FilePath.act gives for a channel is null there. */
  @Test
  void aLostConnectionEndsTheWholeTree() throws Exception {
    Channel controller = mock(Channel.class);
    try (Agent agent = Agent.create();
        InputStream jar = Files.newInputStream(Agent.executorJar())) {
      agent.busybox("RUN /bin/busybox sleep 4711.12");
      BuildCallable callable =
          new BuildCallable(agent.request("--no-push").build(), () -> System.out, jar);
      Build build =
          new Build(
              () -> {
                try (MockedStatic<Channel> channels = mockStatic(Channel.class)) {
                  channels.when(Channel::current).thenReturn(controller);
                  return callable.invoke(agent.workspace().toFile(), null);
                }
              });
      Agent.await(() -> !Agent.processes("sleep\0" + "4711.12").isEmpty());
      when(controller.isClosingOrClosed()).thenReturn(true);
      assertThat(build.failure())
          .isInstanceOf(AbortException.class)
          .hasMessageContaining("connection");
      assertThat(Agent.processes("4711.12")).isEmpty();
      assertThat(agent.credentials()).isEmpty();
    }
  }

  @Test
  void aKilledExecutorIsExplainedAndCleanedUpAfter() throws Exception {
    try (Agent agent = Agent.create()) {
      agent.busybox("RUN /bin/busybox sleep 4711.13");
      Build build = new Build(() -> agent.build(agent.request("--no-push")));
      Agent.await(() -> Agent.processes("4711.13").size() >= 1);
      ProcessHandle.current()
          .children()
          .filter(child -> Agent.processes(agent.root().toString()).contains(child.pid()))
          .forEach(ProcessHandle::destroyForcibly);
      assertThat(build.failure())
          .isInstanceOf(AbortException.class)
          .hasMessageContaining("killed (SIGKILL)");
      Agent.await(() -> Agent.processes("4711.13").isEmpty());
      assertThat(agent.credentials()).isEmpty();
    }
  }

  @Test
  void severalBuildsRunOnOneAgentAtOnce() throws Exception {
    try (Agent agent = Agent.create()) {
      agent.busybox("RUN echo hello");
      ExecutorService pool = Executors.newFixedThreadPool(3);
      try {
        List<Future<AgentResult>> builds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          builds.add(
              pool.submit(
                  () -> agent.build(agent.request("--no-push").credentials(List.of(NO_LOGIN)))));
        }
        for (Future<AgentResult> build : builds) {
          assertThat(build.get().digest()).startsWith("sha256:");
        }
      } finally {
        pool.shutdownNow();
      }
      assertThat(agent.credentials()).isEmpty();
      try (var files = Files.list(agent.home().resolve("executor"))) {
        assertThat(files.filter(file -> file.toString().endsWith(".jar"))).hasSize(1);
      }
    }
  }

  @Test
  void aDamagedExecutorIsReplacedBeforeTheStart() throws Exception {
    try (Agent agent = Agent.create()) {
      agent.dockerfile("FROM scratch", "COPY Dockerfile /");
      agent.build(agent.request("--no-push"));
      Path jar =
          agent.home().resolve("executor").resolve(Agent.sha256(Agent.executorJar()) + ".jar");
      Files.writeString(jar, "damaged");
      agent.build(agent.request("--no-push"));
      assertThat(Agent.sha256(jar)).isEqualTo(Agent.sha256(Agent.executorJar()));
    }
  }

  @Test
  void laterBuildsTakeTheirClassesFromAnArchiveUnlessItIsDamaged() throws Exception {
    try (Agent agent = Agent.create()) {
      agent.dockerfile("FROM scratch", "COPY Dockerfile /");
      try (InputStream jar = Files.newInputStream(Agent.executorJar())) {
        new BuildCallable(agent.request("--no-push").build(), () -> System.out, jar)
            .invoke(agent.workspace().toFile(), null);
      }
      Agent.await(() -> !archives(agent).isEmpty());
      Agent.await(() -> Agent.processes(agent.root().toString()).isEmpty());
      Path loaded = agent.root().resolve("loaded");
      AgentRequest.Builder request =
          agent
              .request("--no-push")
              .javaOptions(List.of("-Xlog:class+load:file=" + loaded + "::filecount=0"));
      String fromArchive = ".executor.cli.Main source: shared objects file";
      agent.build(request);
      assertThat(loaded).content().contains(fromArchive);
      assertThat(agent.log()).doesNotContain("starting without an archive");
      Path archive = archives(agent).get(0);
      Files.writeString(archive, "damaged");
      agent.build(request);
      assertThat(loaded).content().contains(".executor.cli.Main ").doesNotContain(fromArchive);
      assertThat(agent.log()).contains("starting without an archive of the executor's classes\n");
      assertThat(archive).doesNotExist();
    }
  }

  private static List<Path> archives(Agent agent) {
    File[] files =
        agent
            .home()
            .resolve("executor")
            .toFile()
            .listFiles(file -> file.getName().endsWith(".jsa"));
    return Stream.of(files).map(File::toPath).toList();
  }

  @Test
  void aRegistryThatWantsAPasswordRefusesOthers() throws Exception {
    try (RegistryServer registry = RegistryServer.withPassword();
        Agent agent = Agent.create()) {
      agent.dockerfile("FROM scratch", "COPY Dockerfile /");
      assertThatThrownBy(
              () ->
                  agent.build(
                      agent
                          .request(
                              "--destination",
                              registry.hostPort() + "/app",
                              "--insecure-registry",
                              registry.hostPort())
                          .credentials(
                              List.of(
                                  new RegistryLogin(registry.hostPort(), "tester", "wrong one")))))
          .hasMessageStartingWith("a registry or its credentials failed: ")
          .hasMessageNotContaining("wrong one");
    }
  }

  @Test
  void theProxyOfTheEnvironmentReachesTheExecutor() throws Exception {
    Set<String> hosts = ConcurrentHashMap.newKeySet();
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          hosts.add(exchange.getRequestURI().getHost());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    proxy.start();
    try (Agent agent = Agent.create()) {
      agent.dockerfile("FROM registry.example.invalid/base", "COPY Dockerfile /");
      String url = "http://user:p%40ssword@127.0.0.1:" + proxy.getAddress().getPort();
      assertThatThrownBy(
              () ->
                  agent.build(
                      agent
                          .request("--no-push", "--insecure-registry=registry.example.invalid")
                          .environment(Map.of("http_proxy", url))))
          .isInstanceOf(AbortException.class);
      assertThat(hosts).containsExactly("registry.example.invalid");
      assertThat(agent.log()).doesNotContain("p@ssword", "p%40ssword");
    } finally {
      proxy.stop(0);
    }
  }

  private static String digestOf(RegistryServer registry, String repository, String tag)
      throws Exception {
    String pair = RegistryServer.USER + ":" + RegistryServer.PASSWORD;
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://%s/v2/%s/manifests/%s".formatted(registry.hostPort(), repository, tag)))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
            .header(
                "Accept",
                "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json")
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .headers()
        .firstValue("Docker-Content-Digest")
        .orElse("none");
  }

  /** A build in a thread of its own. */
  private static final class Build {
    private final Thread thread;
    private volatile Throwable failure;

    Build(Callable<AgentResult> build) {
      thread =
          new Thread(
              () -> {
                try {
                  build.call();
                } catch (Exception e) {
                  failure = e;
                }
              });
      thread.start();
    }

    Throwable failure() throws InterruptedException {
      thread.join();
      return failure;
    }
  }
}
