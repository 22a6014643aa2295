package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import org.junit.jupiter.api.Test;

/** An ordinary user without sub-ids. */
class OneIdSandboxTest extends SandboxContract {
  @Override
  TestUser user() {
    return TestUsers.withoutSubIds();
  }

  @Override
  Isolation isolation() {
    return Isolation.ONE;
  }

  @Override
  boolean hasIds() {
    return false;
  }

  @Test
  void theReportNamesTheRung() {
    assertThat(report()).isEqualTo("sandbox: one-id user namespace");
  }

  @Test
  void filesCannotBelongToOtherIds() throws Exception {
    assertThat(shell("touch /f; chown 1:1 /f 2>&1 || stat -c %u:%g /f"))
        .contains("Invalid argument")
        .endsWith("0:0");
  }

  @Test
  void anotherUserIsRefusedWithThePackageThatHelps() throws Exception {
    assertThat(run(image().shell("true").as(1000, 1000)).output())
        .isEqualTo(
            "tried to run a command as 1000:1000, but in a one-id user namespace there is only root;"
                + " try to install newuidmap (apt-get install uidmap) and to grant sub-ids to this"
                + " user");
  }

  @Test
  void rootNeedsNoGroupsOfItsOwn() throws Exception {
    assertThat(run(image().shell("id -u").as(0, 0, 1, 2)).output()).isEqualTo("0\n");
  }
}
