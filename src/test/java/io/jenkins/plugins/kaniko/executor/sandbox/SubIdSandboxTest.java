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
}
