package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;

class SubIdOverlayRootTest extends ExactnessContract {
  @Override
  TestUser user() {
    return TestUsers.withSubIds();
  }

  @Override
  Isolation isolation() {
    return Isolation.SUBID;
  }

  @Override
  boolean overlay() {
    return true;
  }
}
