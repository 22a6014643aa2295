package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real kaniko in the executor's place, played by a script. */
class KanikoTest {
  private static final String SUCCESS =
      """
      for flag; do case $flag in
        --digest-file=*) echo sha256:0123 > "${flag#*=}" ;;
        --image-name-tag-with-digest-file=*) echo localhost:5000/app:1@sha256:0123 > "${flag#*=}" ;;
      esac; done
      """;

  @TempDir Path root;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Test
  void itGetsTheFlagsAndItsFilesBecomeTheResult() throws Exception {
    AgentResult result =
        run(
            "printf '%s\\n' \"$@\"; pwd; cat \"$DOCKER_CONFIG/config.json\"; env\n" + SUCCESS,
            "--destination=localhost:5000/app:1");
    assertThat(result.digest()).isEqualTo("sha256:0123");
    assertThat(result.references()).containsExactly("localhost:5000/app:1@sha256:0123");
    assertThat(result.tags()).containsExactly("1");
    assertThat(result.pushed()).isTrue();
    assertThat(log().lines())
        .contains(
            "--destination=localhost:5000/app:1",
            "--ignore-path=" + root,
            "--log-format=text",
            root.resolve("workspace").toString(),
            "{\"auths\":{\"registry.example\":{\"auth\":\"****\"}}}",
            "LC_ALL=C.UTF-8",
            "NO_COLOR=1")
        .doesNotContain("--metadata-file", "JAVA_TOOL_OPTIONS=-Xmx1m", "KANIKO_NO_PUSH=true");
  }

  @Test
  void aDigestFileOfTheUsersIsReadWhereItIs() throws Exception {
    AgentResult result = run("echo sha256:4567 > digest\n", "--digest-file", "digest", "--no-push");
    assertThat(result.digest()).isEqualTo("sha256:4567");
    assertThat(result.pushed()).isFalse();
    assertThat(result.references()).isEmpty();
  }

  /** A Pipeline's node names its workspace, and the first step makes it. */
  @Test
  void theWorkspaceIsMade() throws Exception {
    Path workspace = root.resolve("workspace");
    run("echo built > here\n" + SUCCESS);
    assertThat(workspace.resolve("here")).hasContent("built");

    Files.delete(workspace.resolve("here"));
    Files.delete(workspace);
    Files.createFile(workspace);
    assertThatThrownBy(() -> run(SUCCESS))
        .isInstanceOf(AbortException.class)
        .hasMessageStartingWith("tried to make the workspace " + workspace)
        .hasMessageContaining(", but something else is in its place; ");
  }

  @Test
  void itsFailureIsItsLastLine() {
    assertThatThrownBy(() -> run("echo building; echo error building: my-password >&2; exit 1"))
        .hasMessage("the build failed: error building: ****");
  }

  @Test
  void whatItStartedIsKilledWithIt() throws Exception {
    Thread build =
        new Thread(
            () -> {
              try {
                run(
                    "trap '' TERM; (trap '' TERM; sleep 4713.1; sleep 4713.2) & wait; sleep 4713.3");
              } catch (IOException | InterruptedException e) {
                // The end that is wanted.
              }
            });
    build.start();
    Agent.await(() -> !Agent.processes("sleep\0" + "4713").isEmpty());
    build.interrupt();
    build.join();
    assertThat(Agent.processes("sleep\0" + "4713")).isEmpty();
    assertThat(Agent.processes(root.toString())).isEmpty();
  }

  private AgentResult run(String script, String... flags) throws IOException, InterruptedException {
    Path workspace = root.resolve("workspace");
    Path executor = Files.writeString(root.resolve("executor"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(executor, PosixFilePermissions.fromString("rwxr-xr-x"));
    AgentRequest request =
        AgentRequest.builder()
            .agentRoot(root.toString())
            .executor(executor.toString())
            .flags(List.of(flags))
            .environment(Map.of("NO_COLOR", "1"))
            .credentials(List.of(new RegistryLogin("registry.example", "user", "my-password")))
            .build();
    Map<String, String> environment =
        Map.of(
            "PATH",
            System.getenv("PATH"),
            "HOME",
            root.resolve("home").toString(),
            "JAVA_TOOL_OPTIONS",
            "-Xmx1m",
            "KANIKO_NO_PUSH",
            "true");
    return new AgentBuild(
            request, new Surroundings("Linux", environment, root.resolve("kaniko")), () -> false)
        .run(
            workspace,
            new PrintStream(log, true, StandardCharsets.UTF_8),
            InputStream.nullInputStream());
  }

  private String log() {
    return log.toString(StandardCharsets.UTF_8);
  }
}
