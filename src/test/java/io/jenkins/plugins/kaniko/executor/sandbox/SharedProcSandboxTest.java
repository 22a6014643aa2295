package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The {@code /proc} of the machine in place of an own one; all else holds. */
class SharedProcSandboxTest extends SandboxContract {
  @Override
  TestUser user() {
    return TestUsers.withSubIds();
  }

  @Override
  Isolation isolation() {
    return Isolation.SHARED_PROC;
  }

  @Override
  List<String> notPromised() {
    return List.of("seeing other processes");
  }

  @Test
  void theReportNamesTheRung() {
    assertThat(report()).isEqualTo("sandbox: sub-id user namespace with a shared /proc");
  }

  @Test
  void commandLinesOfOthersAreSeenAndNothingElseOfThem() throws Exception {
    long executor = ProcessHandle.current().pid();
    assertThat(shell("tr '\\0' ' ' </proc/" + executor + "/cmdline")).contains("java");
    for (String what : List.of("environ", "mem", "maps", "root/etc/passwd", "cwd/pom.xml")) {
      assertThat(shell("head -c 1 /proc/" + executor + "/" + what + " 2>&1 || echo refused"))
          .as(what)
          .endsWith("refused");
    }
  }

  @Test
  void noProcessOfTheSameUserOutsideCanBeEntered() throws Exception {
    Process outside = new ProcessBuilder(image().user().command(List.of("sleep", "86341"))).start();
    try {
      for (String what : List.of("environ", "root/etc/passwd", "cwd/.")) {
        String file = "/proc/" + outside.pid() + "/" + what;
        assertThat(shell("ls -d " + file + "; head -c 1 " + file + " 2>&1 || echo refused"))
            .as(what)
            .endsWith("refused");
      }
    } finally {
      outside.destroyForcibly();
    }
  }
}
