package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.layer.Trees;
import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import io.jenkins.plugins.kaniko.executor.sandbox.NamespaceLauncher;
import io.jenkins.plugins.kaniko.executor.sandbox.Rung;
import io.jenkins.plugins.kaniko.executor.sandbox.SandboxException;
import io.jenkins.plugins.kaniko.executor.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Builds with a cache that run commands, one after the other in one process, which has to be inside
 * namespaces.
 */
final class CommandBuilds implements AutoCloseable {
  /** What Dockerfiles begin with to have a shell: the stage {@code system}. */
  private static final String BASE = "FROM scratch AS system\nCOPY root /\n";

  private final Decision decision;
  private final Path directory;

  CommandBuilds() throws IOException, SandboxException {
    decision = Sandboxes.current().orElseThrow();
    directory = Files.createTempDirectory("command-builds");
    Path bin = Files.createDirectories(context().resolve("root/bin"));
    Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
    for (String name : List.of("sh", "cat", "ls")) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
    }
  }

  /** Runs a program inside namespaces, which has to end well. */
  static void inside(Class<?> program, String... args) throws Exception {
    Decision decision = NamespaceLauncher.decide(Isolation.AUTO);
    assertThat(decision.rung()).as(decision.report()).isNotEqualTo(Rung.NONE);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(Arrays.asList(args));
    assertThat(NamespaceLauncher.launch(decision, command, Map.of("LC_ALL", "C.UTF-8"))).isZero();
  }

  Path context() {
    return directory.resolve("context");
  }

  /** Forgets all that was built. */
  void clear() throws IOException {
    Trees.delete(directory.resolve("store"));
  }

  /** A request with these stages. */
  BuildRequest.Builder request(String stages) throws IOException {
    Files.writeString(context().resolve("Dockerfile"), BASE + stages);
    CacheOptions options =
        new CacheOptions(
            true,
            Optional.of(CacheOptions.LOCAL),
            CacheOptions.DEFAULT_TTL,
            Set.of(CacheOptions.Shared.RUN),
            CachePlaces.NONE,
            StoreLimits.NONE);
    return BuildRequest.builder()
        .contextDirectory(context())
        .dockerfile("Dockerfile")
        .noPush(true)
        .kanikoDir(directory.resolve("kaniko"))
        .storeDirectory(directory.resolve("store"))
        .cacheOptions(options);
  }

  List<BuildResult.Step> build(BuildRequest.Builder request, EventSink events) throws Exception {
    ImageBuilder builder = new ImageBuilder(decision, false, Clock.systemUTC());
    return builder.build(request.build(), events).steps();
  }

  @Override
  public void close() throws IOException {
    Trees.delete(directory);
  }
}
