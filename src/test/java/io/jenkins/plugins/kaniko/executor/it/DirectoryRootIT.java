package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Cases with RUN once more, with the store on an overlay, where no further overlay can be made. */
class DirectoryRootIT {
  private static final List<String> CASES =
      List.of(
          "base-stacked-docker",
          "copy-capabilities",
          "copy-existing",
          "copy-from",
          "copy-replaces",
          "exactness",
          "exactness-devices",
          "exactness-owners",
          "from-stage-result",
          "history",
          "onbuild",
          "run-environment",
          "run-heredocs",
          "run-mount-bind",
          "run-mount-cache",
          "run-mount-from",
          "run-mount-secret",
          "run-mount-tmpfs",
          "run-users",
          "workdir");

  /** Those where it matters who builds. */
  private static final List<String> ROOTLESS =
      List.of("copy-capabilities", "copy-from", "exactness", "run-mount-cache", "run-users");

  private static RegistryServer server;
  private static RegistryClient registry;
  private static final Map<TestUser, Path> MOUNTS = new HashMap<>();
  private static final Map<TestUser, Executor> EXECUTORS = new HashMap<>();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    BaseImageSet.push(registry);
    for (TestUser user : List.of(TestUsers.root(), TestUsers.withSubIds())) {
      Path mount = TestUsers.root().newDirectory();
      for (String directory : List.of("lower", "upper", "work", "merged")) {
        user.own(Files.createDirectory(mount.resolve(directory)));
      }
      String options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(mount);
      Commands.must("mount", "-t", "overlay", "-o", options, "overlay", mount + "/merged");
      MOUNTS.put(user, mount);
      EXECUTORS.put(user, new Executor(user, mount.resolve("merged/store")));
    }
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    EXECUTORS.values().forEach(Executor::close);
    for (Path mount : MOUNTS.values()) {
      Commands.must("umount", mount + "/merged");
      TestUsers.delete(mount);
    }
    server.close();
  }

  static List<Arguments> builds() {
    List<Arguments> builds = new ArrayList<>();
    TestUser ordinary = TestUsers.withSubIds();
    for (Case each : Case.all()) {
      if (CASES.contains(each.name())) {
        builds.add(Arguments.of(each, "root", TestUsers.root()));
      }
      if (ROOTLESS.contains(each.name())) {
        builds.add(Arguments.of(each, ordinary.name(), ordinary));
      }
    }
    return builds;
  }

  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("builds")
  void theResultIsThatOfAnOverlay(Case each, String userName, TestUser user)
      throws IOException, InterruptedException {
    Executor executor = EXECUTORS.get(user);
    Path context = each.context(executor, server.hostPort());
    try {
      String repository = "directory/" + each.name() + "-" + userName;
      List<String> flags = new ArrayList<>(List.of("--context", context.toString()));
      flags.addAll(List.of("--destination", server.hostPort() + "/" + repository + ":it"));
      flags.addAll(List.of("--insecure-registry", server.hostPort()));
      flags.addAll(each.args(server.hostPort(), context));
      Commands.Result result = executor.run(flags).succeeded();
      assertThat(result.output()).contains("overlayfs cannot be used");
      each.expected(server.hostPort()).check(FlatImage.pull(registry, repository, "it"));
    } finally {
      TestUsers.delete(context);
    }
  }
}
