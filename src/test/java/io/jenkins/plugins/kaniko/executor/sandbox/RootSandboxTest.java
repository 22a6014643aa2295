package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import org.junit.jupiter.api.Test;

class RootSandboxTest extends SandboxContract {
  @Override
  TestUser user() {
    return TestUsers.root();
  }

  @Override
  Isolation isolation() {
    return Isolation.ROOT;
  }

  @Test
  void theReportNamesTheRung() {
    assertThat(report()).isEqualTo("sandbox: namespaces as root");
  }
}
