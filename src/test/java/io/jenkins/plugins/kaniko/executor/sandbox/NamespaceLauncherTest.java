package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which rung is taken by whom, and what is said of the others. */
class NamespaceLauncherTest {
  private final List<Path> directories = new ArrayList<>();

  @AfterEach
  void clean() {
    directories.forEach(TestUsers::delete);
  }

  @Test
  void anOrdinaryUserWithSubIdsGetsAUserNamespace() throws Exception {
    assertThat(decide(TestUsers.withSubIds(), Isolation.AUTO))
        .isEqualTo("sandbox: sub-id user namespace (namespaces as root refused: not root)");
  }

  @Test
  void anOrdinaryUserWithoutSubIdsGetsOneIdAndIsToldWhy() throws Exception {
    TestUser user = TestUsers.withoutSubIds();
    assertThat(decide(user, Isolation.AUTO))
        .isEqualTo(
            "sandbox: one-id user namespace (namespaces as root refused: not root; sub-id user"
                + " namespace refused: /etc/subuid has no line for "
                + user.name()
                + ")");
  }

  @Test
  void whoMayNotMakeNamespacesGetsNothingAndIsToldWhy() throws Exception {
    assertThat(decide(TestUsers.CONFINED, TestUsers.current(), Isolation.AUTO))
        .startsWith("sandbox: none (namespaces as root refused: unshare: ")
        .contains("; full-map user namespace refused: ", "; one-id user namespace refused: ");
  }

  @Test
  void whatIsWorthLessIsTakenWhenItIsNamed() throws Exception {
    assertThat(decide(TestUsers.root(), Isolation.SHARED_PROC))
        .startsWith("sandbox: full-map user namespace with a shared /proc (sub-id ");
    assertThat(decide(TestUsers.withoutSubIds(), Isolation.SHARED_PROC))
        .startsWith("sandbox: one-id user namespace with a shared /proc (sub-id ");
  }

  @Tag("S11")
  @Test
  void withoutASandboxACommandIsRefusedWithEveryRemedy() throws Exception {
    TestUser user = TestUsers.current();
    Path directory = directoryOf(user);
    try (SandboxClient client =
        SandboxClient.start(TestUsers.CONFINED, user, Isolation.AUTO, directory)) {
      SandboxServer.Run run =
          new SandboxServer.Run(
              directory.toString(),
              List.of(),
              "",
              "",
              List.of("true"),
              java.util.Map.of(),
              "/",
              List.of(0, 0),
              List.of(),
              List.of(),
              "HOST",
              "h",
              "");
      assertThat(client.order(run).output())
          .startsWith(
              "tried to run a command, but no sandbox can be had here: namespaces as root refused: unshare: ")
          .contains("; try to ", ", or to ");
    }
  }

  @Tag("S11")
  @Test
  void anIsolationThatIsWantedAndRefusedIsAnError() throws Exception {
    assertThat(decide(TestUsers.withSubIds(), Isolation.ROOT))
        .isEqualTo(
            "tried to use --isolation namespaces, but not root; try to run the executor as root");
  }

  @Test
  void theIsolationNoneIsTakenWithoutATrial() throws Exception {
    assertThat(decide(TestUsers.current(), Isolation.NONE)).isEqualTo("sandbox: none");
  }

  @Test
  void rootWithoutTheRightToMountIsToldWhichCapability() throws Exception {
    TestUser root = TestUsers.root();
    assertThat(
            decide(
                List.of("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-all"),
                root,
                Isolation.ROOT))
        .isEqualTo(
            "tried to use --isolation namespaces, but unshare: unshare failed: Operation not permitted; try to give the container"
                + " CAP_SYS_ADMIN (docker run --cap-add SYS_ADMIN --security-opt apparmor=unconfined)");
  }

  @Test
  void aMissingProgramIsNamedWithItsPackage() throws Exception {
    TestUsers.root();
    List<String> hide =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount --bind /dev/null \"$(command -v newuidmap)\" && exec \"$@\"",
            "sh");
    assertThat(decide(hide, TestUsers.withSubIds(), Isolation.SUBID))
        .isEqualTo(
            "tried to use --isolation userns, but newuidmap is not installed; try to install it (apt-get install uidmap)");
  }

  @Test
  void whereNothingGainsPrivilegesTheReasonIsThat() throws Exception {
    assertThat(
            decide(List.of("setpriv", "--no-new-privs"), TestUsers.withSubIds(), Isolation.SUBID))
        .startsWith("tried to use --isolation userns, but newuidmap: ")
        .endsWith(
            "try to let newuidmap gain its privilege (no_new_privs is set: allowPrivilegeEscalation: true)");
  }

  @Test
  void aDecisionSetByHandIsNotBelieved() throws Exception {
    TestUsers.root();
    String outside = NamespaceLauncher.mountNamespace();
    List<String> forged =
        List.of(
            "env", NamespaceLauncher.DECISION + "=ROOT", NamespaceLauncher.OUTSIDE + "=" + outside);
    assertThat(decide(forged, TestUsers.root(), Isolation.AUTO))
        .isEqualTo("sandbox: namespaces as root");
  }

  private String decide(TestUser user, Isolation isolation) throws Exception {
    return decide(List.of(), user, isolation);
  }

  /**
   * The first line that the server, started through a prefix, reports or says before it gives up.
   */
  private String decide(List<String> prefix, TestUser user, Isolation isolation) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(SandboxClient.command(user, isolation, directoryOf(user)));
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    String said =
        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.getInputStream().readAllBytes();
    process.waitFor();
    return said.lines().findFirst().orElse("");
  }

  private Path directoryOf(TestUser user) throws IOException {
    Path directory = user.newDirectory();
    directories.add(directory);
    return directory;
  }
}
