package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Builds every case of {@code src/test/resources/it} as root and as an ordinary user with sub-ids,
 * pulls what was pushed, and compares it with what the case expects and, where buildah can build
 * the case, with buildah's image.
 */
class FeatureIT {
  private static RegistryServer server;
  private static RegistryClient registry;
  private static Buildah buildah;
  private static final Map<TestUser, Executor> EXECUTORS = new HashMap<>();

  @BeforeAll
  static void makeBaseImages() throws IOException, InterruptedException {
    server = RegistryServer.start();
    registry = new RegistryClient(server.hostPort());
    buildah = new Buildah();
    BaseImageSet.push(registry);
  }

  @AfterAll
  static void stop() throws IOException {
    EXECUTORS.values().forEach(Executor::close);
    buildah.close();
    server.close();
  }

  static Stream<Arguments> builds() {
    Set<TestUser> users = new LinkedHashSet<>();
    if (TestUsers.current().uid() == 0) {
      users.add(TestUsers.root());
    }
    users.add(TestUsers.withSubIds());
    List<Arguments> builds = new ArrayList<>();
    for (Case each : Case.all()) {
      users.stream()
          .filter(user -> user.uid() == 0 || !each.asRootOnly())
          .forEach(user -> builds.add(Arguments.of(each, user.name(), user)));
    }
    return builds.stream();
  }

  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("builds")
  void theImageIsAsExpected(Case each, String userName, TestUser user)
      throws IOException, InterruptedException {
    Executor executor = executor(user);
    Path context = each.context(executor, registry.hostPort());
    try {
      String repository = "it/" + each.name() + "-" + userName;
      List<String> flags = new ArrayList<>(List.of("--context", context.toString()));
      flags.addAll(List.of("--destination", registry.hostPort() + "/" + repository + ":it"));
      flags.addAll(List.of("--insecure-registry", registry.hostPort()));
      flags.addAll(each.args(registry.hostPort(), context));
      Commands.Result result = executor.run(flags);
      Expectation expected = each.expected(registry.hostPort());
      assertThat(result.exitCode()).as(result.output()).isEqualTo(expected.exitCode());
      expected.checkLog(result.output());
      if (expected.exitCode() == 0) {
        FlatImage image = FlatImage.pull(registry, repository, "it");
        expected.check(image);
        Judges.accept(registry.hostPort() + "/" + repository + ":it", image);
      }
    } finally {
      TestUsers.delete(context);
    }
  }

  static Stream<Case> casesOfBuildah() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Case each : Case.all()) {
      if (each.buildahDifferences().isPresent()) {
        cases.add(each);
      }
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("casesOfBuildah")
  void theImageIsBuildahs(Case each) throws IOException, InterruptedException {
    TestUser root = TestUsers.root();
    List<String> known = each.buildahDifferences().orElseThrow();
    Path context = each.context(executor(root), registry.hostPort());
    try {
      String repository = "buildah/" + each.name();
      String destination = registry.hostPort() + "/" + repository + ":it";
      List<String> flags = each.args(registry.hostPort(), context);
      Commands.Result theirs = buildah.build(context, destination, flags);
      Assumptions.assumeTrue(
          theirs.exitCode() == 0 || !theirs.output().contains("isolation"), theirs.output());
      assertThat(theirs.exitCode()).as(theirs.output()).isZero();
      List<String> differences =
          Buildah.differences(
              ours(each, context, root, flags), FlatImage.pull(registry, repository, "it"));
      assertThat(differences).filteredOn(line -> isNews(line, known)).isEmpty();
    } finally {
      TestUsers.delete(context);
    }
  }

  /** The image that was built for its expectation; it is built where that has not come yet. */
  private static FlatImage ours(Case each, Path context, TestUser root, List<String> flags)
      throws IOException, InterruptedException {
    String repository = "it/" + each.name() + "-" + root.name();
    if (registry.manifest(repository, "it").statusCode() != 200) {
      List<String> own = new ArrayList<>(List.of("--context", context.toString()));
      own.addAll(List.of("--destination", registry.hostPort() + "/" + repository + ":it"));
      own.addAll(List.of("--insecure-registry", registry.hostPort()));
      own.addAll(flags);
      executor(root).run(own).succeeded();
    }
    return FlatImage.pull(registry, repository, "it");
  }

  @Test
  void everyCaseIsComparedOrSaysWhyNot() throws IOException {
    for (Case each : Case.all()) {
      boolean fails = each.expected("").exitCode() != 0;
      boolean compared = each.buildahDifferences().isPresent();
      boolean excused = each.whyNotBuildah().isPresent();
      assertThat(List.of(fails, compared, excused))
          .as("%s fails, has a file buildah, has a file no-buildah", each)
          .containsOnlyOnce(true);
    }
  }

  /** What buildah leaves of its own RUN in every image is no news. */
  private static boolean isNews(String line, List<String> known) {
    List<String> patterns = new ArrayList<>(known);
    patterns.add("/etc/(hostname|hosts|resolv.conf): .*");
    patterns.add("/(run|proc|sys|dev)(/[^:]*)?: .*");
    patterns.add("config\\.(Hostname|Image|Domainname|ArgsEscaped): .*");
    patterns.add("config\\.Labels: .*io.buildah.version.*");
    return patterns.stream().noneMatch(line::matches);
  }

  private static Executor executor(TestUser user) throws IOException {
    Optional<Executor> known = Optional.ofNullable(EXECUTORS.get(user));
    if (known.isEmpty()) {
      EXECUTORS.put(user, new Executor(user));
    }
    return EXECUTORS.get(user);
  }
}
