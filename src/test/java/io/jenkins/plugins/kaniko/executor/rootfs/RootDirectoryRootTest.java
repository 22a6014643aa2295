package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;

class RootDirectoryRootTest extends ExactnessContract {
  @Override
  TestUser user() {
    return TestUsers.root();
  }

  @Override
  Isolation isolation() {
    return Isolation.ROOT;
  }

  @Override
  boolean overlay() {
    return false;
  }
}
