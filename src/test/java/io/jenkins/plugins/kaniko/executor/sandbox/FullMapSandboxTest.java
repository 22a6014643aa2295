package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Root that has what root of a container has by default. */
class FullMapSandboxTest extends SandboxContract {
  static final List<String> ROOT_OF_A_CONTAINER =
      List.of(
          "setpriv",
          "--inh-caps=-all",
          "--bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,"
              + "+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap");

  @Override
  TestUser user() {
    return TestUsers.root();
  }

  @Override
  Isolation isolation() {
    return Isolation.FULL;
  }

  @Override
  List<String> prefix() {
    return ROOT_OF_A_CONTAINER;
  }

  @Test
  void theReportNamesTheRung() {
    assertThat(report()).isEqualTo("sandbox: full-map user namespace");
  }
}
