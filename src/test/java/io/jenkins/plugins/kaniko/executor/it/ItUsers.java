package io.jenkins.plugins.kaniko.executor.it;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Who runs the executor in these tests, and what they build. */
final class ItUsers {
  private ItUsers() {}

  /** Root and an ordinary user with sub-ids; without root, whoever runs the tests. */
  static Stream<TestUser> all() {
    return Stream.of(TestUsers.current(), TestUsers.withSubIds()).distinct();
  }

  /** A context that holds nothing but a Dockerfile. */
  static Path context(TestUser user, String dockerfile) throws IOException {
    Path context = user.newDirectory();
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    user.own(context);
    return context;
  }
}
