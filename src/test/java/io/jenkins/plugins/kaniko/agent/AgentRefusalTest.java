package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that cannot build: one sentence each. */
class AgentRefusalTest {
  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(strings = {"Windows Server 2022", "Mac OS X"})
  void onlyLinuxBuilds(String system) {
    assertThatThrownBy(() -> build(system, AgentRequest.builder()))
        .isInstanceOf(AbortException.class)
        .hasMessage(
            "tried to build an image on this agent, but it runs "
                + system
                + ", and images are built on Linux only; choose an agent with Linux");
  }

  @Test
  void aRootThatCannotBeWrittenIsNamed() throws Exception {
    Path file = Files.createFile(root.resolve("file"));
    assertThatThrownBy(() -> build("Linux", AgentRequest.builder().agentRoot(file.toString())))
        .isInstanceOf(AbortException.class)
        .hasMessageStartingWith("tried to make the directory " + file)
        .hasMessageEndingWith("give the agent a root directory that its user can write to");
  }

  @Test
  void aKanikoThatIsNotThereOrMayNotBeExecutedIsNamed() throws Exception {
    Path executor = root.resolve("kaniko-executor");
    AgentRequest.Builder request =
        AgentRequest.builder().agentRoot(root.toString()).executor(executor.toString());
    assertThatThrownBy(() -> build("Linux", request))
        .hasMessageContaining("run the executor " + executor + ", but it is not there");
    Files.writeString(executor, "#!/bin/sh\n");
    assertThatThrownBy(() -> build("Linux", request))
        .hasMessageContaining("the agent's user may not execute it");
  }

  @Test
  void anOldJavaIsPassedOverForANewerOne() throws Exception {
    Path own = Path.of(System.getProperty("java.home"));
    Path old = java("old", "openjdk version \\\"1.8.0_452\\\"");
    assertThat(JavaHome.java(own, 17, Map.of())).isEqualTo(own.resolve("bin/java"));
    assertThat(
            JavaHome.java(
                own, 11, Map.of("JAVA_HOME", old.toString(), "PATH", own.resolve("bin") + "")))
        .isEqualTo(own.resolve("bin/java"));
    assertThatThrownBy(() -> JavaHome.java(own, 11, Map.of("JAVA_HOME", old.toString())))
        .hasMessage(
            "tried to find Java 17 or later on the agent, but the agent runs on Java 11, "
                + old.resolve("bin/java")
                + " is Java 8; run the agent on Java 17 or later, or set JAVA_HOME for it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1   | the build failed: why",
        "2   | the executor cannot use its arguments: why",
        "3   | a registry or its credentials failed: why",
        "4   | the agent cannot run this build: why",
        "126 | tried to start the executor, but it cannot be executed: why; check",
        "137 | the executor was killed (SIGKILL): why; the agent may be short of memory",
        "143 | the executor was asked to end by somebody other than Jenkins: why",
        "99  | the executor ended with status 99: why"
      })
  void everyExitCodeHasASentence(int code, String sentence) {
    assertThat(ExitStatus.explain(code, "why", List.of())).startsWith(sentence);
    assertThat(ExitStatus.explain(code, "", List.of("error: why", "x"))).startsWith(sentence);
  }

  @Test
  void thePasswordsOfProxiesAreKnown() {
    assertThat(
            ProxyPasswords.in(
                Map.of(
                    "HTTP_PROXY", "http://u%40x:p%2Bw@proxy.example:3128",
                    "https_proxy", "v:100%@proxy.example:3129/",
                    "all_proxy", "http://proxy.example",
                    "no_proxy", "localhost")))
        .containsExactlyInAnyOrder("p%2Bw", "p+w", "100%", "100%");
  }

  /** What a stream of a channel throws when the build is aborted while the executor is fetched. */
  @Test
  void anAbortWhileTheExecutorIsFetchedIsAnInterruption() {
    InputStream source =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new InterruptedIOException();
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new InterruptedIOException();
          }
        };
    AgentRequest.Builder request =
        AgentRequest.builder().agentRoot(root.toString()).executorSha256("0".repeat(64));

    assertThatThrownBy(() -> build("Linux", request, source))
        .isInstanceOf(InterruptedException.class);
  }

  private Path java(String name, String version) throws IOException {
    Path home = root.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Path java = home.resolve("bin").resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"" + version + "\" >&2\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }

  private void build(String system, AgentRequest.Builder request)
      throws IOException, InterruptedException {
    build(system, request, InputStream.nullInputStream());
  }

  private void build(String system, AgentRequest.Builder request, InputStream executor)
      throws IOException, InterruptedException {
    PrintStream log =
        new PrintStream(java.io.OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    new AgentBuild(
            request.build(),
            new Surroundings(system, Map.of("PATH", System.getenv("PATH")), root.resolve("no")),
            () -> false)
        .run(root, log, executor);
  }
}
