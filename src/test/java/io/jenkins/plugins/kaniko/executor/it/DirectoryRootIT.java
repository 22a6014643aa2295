package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cases with RUN once more, with the store on an overlay, where no further overlay can be made. */
class DirectoryRootIT {
  private static final List<String> CASES =
      List.of(
          "base-stacked-docker",
          "copy-existing",
          "copy-from",
          "copy-replaces",
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

  private static RegistryServer server;
  private static RegistryClient registry;
  private static TestUser user;
  private static Path mount;
  private static Executor executor;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    user = TestUsers.root();
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    BaseImageSet.push(registry);
    mount = user.newDirectory();
    for (String directory : List.of("lower", "upper", "work", "merged")) {
      Files.createDirectory(mount.resolve(directory));
    }
    String options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(mount);
    Commands.must("mount", "-t", "overlay", "-o", options, "overlay", mount + "/merged");
    executor = new Executor(user, mount.resolve("merged/store"));
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    executor.close();
    Commands.must("umount", mount + "/merged");
    TestUsers.delete(mount);
    server.close();
  }

  static List<Case> cases() {
    return Case.all().stream().filter(each -> CASES.contains(each.name())).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theResultIsThatOfAnOverlay(Case each) throws IOException, InterruptedException {
    Path context = each.context(executor, server.hostPort());
    try {
      String repository = "directory/" + each.name();
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
