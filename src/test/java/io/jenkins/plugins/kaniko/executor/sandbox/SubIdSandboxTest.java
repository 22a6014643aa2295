package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import org.junit.jupiter.api.Test;

class SubIdSandboxTest extends SandboxContract {
  @Override
  TestUser user() {
    return TestUsers.withSubIds();
  }

  @Override
  Isolation isolation() {
    return Isolation.SUBID;
  }

  @Test
  void theReportNamesTheRung() {
    assertThat(report()).isEqualTo("sandbox: sub-id user namespace");
  }

  /** Root of a user namespace of its own could mount the agent's cgroups, and write to them. */
  @Test
  void noUserNamespaceCanBeMade() throws Exception {
    assertThat(shell("unshare -U true 2>/dev/null && echo BREACH || echo refused"))
        .isEqualTo("refused");
  }
}
